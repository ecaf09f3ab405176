"""Who speaks in this recording?"""

from dataclasses import dataclass

from audio.context import traced
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speakers_of, speaking_time
from audio.merge.values import Embedding
from audio.pipeline.transcription import diarize_chunk
from voiceprints.matching.voice_matching import DEFAULT_CANDIDATES, Identified, identify_voice
from voiceprints.models import Space, audit
from voiceprints.models.audit import Action

NOBODY = Identified((), "unknown")


@dataclass(frozen=True, slots=True)
class IdentifiedSpeaker:
    """One anonymous speaker of a recording, how long they speak, and who that may be."""

    label: str
    speech_s: float
    identified: Identified


@traced()
def identify_speakers(
    recording: Recording, *, actor: str, limit: int = DEFAULT_CANDIDATES
) -> tuple[IdentifiedSpeaker, ...]:
    """Who speaks in this recording, and who else may each of them be?

    Raises
    ------
    EngineError
    """
    heard = diarize_chunk(recording)
    seconds = speaking_time(heard.turns)
    named = heard.models.get("embedding", "")
    space = Space.named(named)
    speakers = speakers_of(heard)
    audit.record(actor, Action.IDENTIFIED, speakers=len(speakers), space=named)
    return tuple(
        IdentifiedSpeaker(
            label, seconds.get(label, 0.0), _whose(heard.embeddings.get(label), space, limit)
        )
        for label in speakers
    )


def _whose(fingerprint: Embedding | None, space: Space | None, limit: int) -> Identified:
    if fingerprint is None or space is None:
        return NOBODY
    return identify_voice(fingerprint, space, limit=limit)
