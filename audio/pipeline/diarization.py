"""Who said each word of a recording: by the names a client expects, strangers by letter."""

from collections.abc import Mapping
from dataclasses import dataclass

from audio import metrics
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.unnamed_speakers import letter_unnamed
from audio.merge.speaker_labels import label_transcription
from audio.merge.values import LabelledWords, Notice, Transcription
from audio.pipeline.analysis import Hearing, hear
from audio.pipeline.known_speakers import KnownSpeakers, embedding_of, known_names
from audio.pipeline.transcription import LABELLING


@dataclass(frozen=True, slots=True)
class Diarized:
    """What a recording says, who says each word of it, and what its reader should know."""

    said: Transcription
    spoken: LabelledWords
    warnings: tuple[Notice, ...] = ()


def transcribe_diarized(
    recording: Recording, options: Mapping[str, str], known: KnownSpeakers
) -> Diarized:
    """What does this recording say, and which of the known speakers says it?

    Raises
    ------
    EngineError, UnusableAudio
    """
    wanted = Hearing(
        recording=recording,
        options=options,
        # Fingerprints cost the engine work: only where there is somebody to compare with.
        speakers="fingerprints" if known.names else "turns",
    )
    references = (
        Hearing(recording=reference, speakers="fingerprints") for reference in known.references
    )
    heard, *samples = hear(wanted, *references)
    prints = [
        embedding_of(reference, sample.talk)
        for reference, sample in zip(known.references, samples, strict=True)
    ]
    names = known_names(heard.talk, known, prints)
    if known.names:
        speakers = speakers_of(heard.talk)
        metrics.count_names("voiceprint" if one in names else "unmatched" for one in speakers)
    with metrics.MERGES.labels("transcribe_diarized").time():
        spoken = label_transcription(heard.talk, heard.said, rule=LABELLING)
        named = letter_unnamed(spoken, names)
    return Diarized(heard.said, named, heard.warnings)
