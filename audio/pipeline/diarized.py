"""Who said each word of a recording: by the names a client expects, strangers by letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from audio.engines import parakeet
from audio.engines.client import Recording
from audio.merge.labelling import label_transcription
from audio.merge.letters import name_in_order
from audio.merge.timeline import LabelledWords, Transcription
from audio.pipeline.known_speakers import (
    KnownSpeakers,
    fingerprint_reference,
    known_names,
)
from audio.pipeline.parallel import in_parallel
from audio.pipeline.transcription import LABELLING, transcribe


@dataclass(frozen=True, slots=True)
class Diarized:
    """What a recording says, and who says each word of it."""

    said: Transcription
    spoken: LabelledWords


def transcribe_diarized(
    recording: Recording, options: Mapping[str, str], known: KnownSpeakers
) -> Diarized:
    """What does this recording say, and which of the known speakers says it?

    Raises
    ------
    EngineError, UnusableAudio
    """
    # Fingerprints cost the engine work: only where there is somebody to compare with.
    diarize = parakeet.diarize_chunk if known.names else parakeet.diarize
    said, heard, *prints = in_parallel(
        partial(transcribe, recording, options),
        partial(diarize, recording),
        *(partial(fingerprint_reference, reference) for reference in known.references),
    )
    names = known_names(heard, known, prints)
    return Diarized(said, name_in_order(label_transcription(heard, said, rule=LABELLING), names))
