"""Diarized transcription: words with the names of the speakers that a client expects."""

from collections.abc import Mapping
from dataclasses import dataclass

from audio import metrics
from audio.engines.dialects.keywords import with_keywords
from audio.media.recording import Recording
from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.unnamed_speakers import letter_unnamed
from audio.merge.values import LabelledWords, Notice, Transcription
from audio.merge.words.speaker_labels import label_transcription
from audio.pipeline.analysis.analysis_work import AnalysisRequest
from audio.pipeline.analysis.recording_analysis import analyse
from audio.pipeline.known_speakers import KnownSpeakers, known_names, reference_embeddings
from audio.pipeline.spelling import NO_SPELLING, Spelling, spelled
from audio.pipeline.transcription import LABELLING


@dataclass(frozen=True, slots=True)
class DiarizedTranscription:
    """A transcription, the speaker of each of its words, and warnings for its reader."""

    transcription: Transcription
    labelled: LabelledWords
    warnings: tuple[Notice, ...] = ()


def transcribe_diarized(
    recording: Recording,
    options: Mapping[str, str],
    known: KnownSpeakers,
    spelling: Spelling = NO_SPELLING,
) -> DiarizedTranscription:
    """Transcribe a recording, and name the known speakers; letters name the others.

    Raises
    ------
    EngineError, UnusableAudio
    """
    request = AnalysisRequest(
        recording=recording,
        options=with_keywords(options, spelling.keywords),
        # Embeddings cost the engine work, and are used only where there are names to compare.
        speakers="embeddings" if known.names else "turns",
    )
    with reference_embeddings(known) as embeddings:
        analysis = spelled(analyse(request)[0], spelling, known.names)
    names, warnings = known_names(analysis.diarization, known, embeddings)
    if known.names:
        speakers = speakers_of(analysis.diarization)
        metrics.count_names("voiceprint" if one in names else "unmatched" for one in speakers)
    with metrics.MERGES.labels("transcribe_diarized").time():
        words = label_transcription(analysis.diarization, analysis.transcription, rule=LABELLING)
        labelled = letter_unnamed(words, names)
    return DiarizedTranscription(analysis.transcription, labelled, (*analysis.warnings, *warnings))
