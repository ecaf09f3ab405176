"""The identification of every speaker of a recording, for the API and the command `identify`."""

from dataclasses import dataclass

from audio.context import traced
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speakers_of, speaking_time
from audio.merge.naming.voices.open_set_identification import Identification
from audio.merge.values import Embedding
from audio.pipeline.transcription import diarize_chunk
from voiceprints.matching.voice_matching import DEFAULT_CANDIDATES, KnownPerson, identify_voice
from voiceprints.models import Space, audit
from voiceprints.models.audit import Action

_UNKNOWN: Identification[KnownPerson] = Identification((), "unknown")


@dataclass(frozen=True, slots=True)
class IdentifiedSpeaker:
    """An anonymous speaker of a recording, the speaking time in s, and the identification."""

    label: str
    speech_s: float
    identification: Identification[KnownPerson]


@traced()
def identify_speakers(
    recording: Recording, *, actor: str, limit: int = DEFAULT_CANDIDATES
) -> tuple[IdentifiedSpeaker, ...]:
    """Diarize a recording and identify each speaker.

    Raises
    ------
    EngineError
    """
    diarization = diarize_chunk(recording).diarization
    seconds = speaking_time(diarization.turns)
    named = diarization.models.get("embedding", "")
    space = Space.named(named)
    speakers = speakers_of(diarization)
    audit.record(actor, Action.IDENTIFIED, speakers=len(speakers), space=named)
    return tuple(
        IdentifiedSpeaker(
            label,
            seconds.get(label, 0.0),
            _identify(diarization.embeddings.get(label), space, limit),
        )
        for label in speakers
    )


def _identify(
    embedding: Embedding | None, space: Space | None, limit: int
) -> Identification[KnownPerson]:
    if embedding is None or space is None:
        return _UNKNOWN
    return identify_voice(embedding, space, limit=limit)
