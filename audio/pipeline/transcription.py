"""Transcription of recordings: plain, by anonymous speakers, and by speakers of the library."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from audio import metrics
from audio.engines import roles
from audio.engines.dialects.keywords import with_keywords
from audio.engines.dialects.translation import as_translation
from audio.engines.failures import EngineCannotTranslate
from audio.library import find_voices
from audio.media.recording import Recording
from audio.merge.chunks.constrained_clustering import LINKING_RULE, LinkingRule
from audio.merge.defaults import DEFAULT_LANGUAGE
from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.voices.open_set_identification import recognise
from audio.merge.values import Block, LabelledTranscript, Turn
from audio.merge.words.speaker_labels import LabellingRule, label_blocks
from audio.pipeline.analysis.analysis_work import Analysis, AnalysisRequest
from audio.pipeline.analysis.recording_analysis import analyse
from audio.pipeline.spelling import NO_SPELLING, Spelling, spelled

# Diarizers begin a turn up to a quarter of a second after its first word, which still belongs to
# it. A recognizer that follows one speaker at a time gives the words of an overlap in turn.
LABELLING = LabellingRule(tolerance_s=0.25, share_overlaps=True, doubts_times=True)


def transcribe(
    recording: Recording,
    options: Mapping[str, str],
    *,
    needs_times: bool = False,
    spelling: Spelling = NO_SPELLING,
    people: Sequence[str] = (),
) -> Analysis:
    """Transcribe a recording; `needs_times`: the times of its words are shown.

    Spelling by people adds the names of `people`.
    """
    request = AnalysisRequest(
        recording=recording,
        options=with_keywords(options, spelling.keywords),
        needs_times=needs_times,
    )
    return spelled(analyse(request)[0], spelling, people)


def translate(
    recording: Recording, options: Mapping[str, str], *, needs_times: bool = False
) -> Analysis:
    """Translate a recording into English.

    Raises
    ------
    EngineCannotTranslate
        Before any call, where it is known that no engine translates.
    """
    check_translates()
    request = AnalysisRequest(
        recording=recording, options=as_translation(options), needs_times=needs_times
    )
    [analysis] = analyse(request)
    return replace(analysis, transcription=replace(analysis.transcription, language="en"))


def check_translates() -> None:
    """Check that an engine may translate.

    Raises
    ------
    EngineCannotTranslate
    """
    if not roles.can_translate():
        raise EngineCannotTranslate


def diarize_chunk(recording: Recording) -> Analysis:
    """Find the turns of a recording's anonymous speakers, with an embedding of each."""
    return analyse(AnalysisRequest(recording=recording, speakers="embeddings"))[0]


def find_turns(recording: Recording) -> tuple[Sequence[Turn], float]:
    """Find the turns of a recording's anonymous speakers; return also its length, in seconds."""
    [analysis] = analyse(AnalysisRequest(recording=recording, speakers="turns"))
    turns = analysis.diarization.turns
    last = max((turn.end for turn in turns), default=0.0)
    return turns, analysis.diarization.duration or analysis.seconds or last


def transcribe_with_speakers(
    recording: Recording,
    *,
    linking: LinkingRule = LINKING_RULE,
    spelling: Spelling = NO_SPELLING,
) -> LabelledTranscript:
    """Transcribe a recording, and label its words with anonymous speakers."""
    [analysis] = analyse(
        AnalysisRequest(
            recording=recording,
            options=with_keywords({}, spelling.keywords),
            speakers="turns",
            linking=linking,
        )
    )
    return _labelled(spelled(analysis, spelling))


def transcribe_with_known_speakers(
    recording: Recording,
    *,
    reader: str,
    linking: LinkingRule = LINKING_RULE,
    needs_library: bool = False,
    spelling: Spelling = NO_SPELLING,
) -> LabelledTranscript:
    """Transcribe a recording, and name the speakers whose voices the library knows.

    While the library is unavailable, speakers stay anonymous, and a warning says so.

    Raises
    ------
    LibraryUnavailable
        With `needs_library` only.
    """
    [analysis] = analyse(
        AnalysisRequest(
            recording=recording,
            options=with_keywords({}, spelling.keywords),
            speakers="embeddings",
            linking=linking,
        )
    )
    embeddings = analysis.diarization.embeddings
    space = analysis.diarization.models.get("embedding", "")
    voices, warnings = find_voices(space, embeddings, asked_by=reader, is_required=needs_library)
    labelled = _labelled(spelled(analysis, spelling, voices.names))
    named = recognise(labelled, embeddings, voices)
    metrics.count_names(
        "voiceprint" if one.name else "unmatched" for one in named.recognised or ()
    )
    return replace(named, warnings=(*named.warnings, *warnings))


def transcribe_speakers(
    recording: Recording,
    options: Mapping[str, str],
    *,
    linking: LinkingRule = LINKING_RULE,
    embeddings: bool = False,
) -> tuple[Analysis, LabelledTranscript]:
    """Transcribe a recording for anonymous speakers; `embeddings`: also embed their voices."""
    [analysis] = analyse(
        AnalysisRequest(
            recording=recording,
            options=options,
            speakers="embeddings" if embeddings else "turns",
            linking=linking,
        )
    )
    return analysis, _labelled(analysis)


def find_speakers(
    recording: Recording,
    *,
    with_text: bool = False,
    linking: LinkingRule = LINKING_RULE,
    reader: str | None = None,
) -> LabelledTranscript:
    """Find the turns of a recording's speakers, as blocks; `with_text`: with their words.

    The labels stay; `recognised` has the names of the voices that `reader` may know.
    """
    [analysis] = analyse(
        AnalysisRequest(
            recording=recording,
            options={} if with_text else None,
            speakers="turns" if reader is None else "embeddings",
            linking=linking,
        )
    )
    found = _labelled(analysis) if with_text else _turns_alone(analysis)
    if reader is None:
        return found
    embeddings = analysis.diarization.embeddings
    space = analysis.diarization.models.get("embedding", "")
    voices, warnings = find_voices(space, embeddings, asked_by=reader)
    recognised = recognise(found, embeddings, voices).recognised
    return replace(found, recognised=recognised, warnings=(*found.warnings, *warnings))


def _turns_alone(analysis: Analysis) -> LabelledTranscript:
    diarization = analysis.diarization
    blocks = (
        Block(round(turn.start * 1000), round(turn.end * 1000), turn.speaker, "")
        for turn in diarization.turns
    )
    return LabelledTranscript(
        duration=diarization.duration or analysis.seconds or 0.0,
        language=DEFAULT_LANGUAGE,
        speakers=speakers_of(diarization),
        blocks=tuple(blocks),
        models=diarization.models,
        warnings=analysis.warnings,
    )


def _labelled(analysis: Analysis) -> LabelledTranscript:
    transcription, diarization = analysis.transcription, analysis.diarization
    with metrics.MERGES.labels("transcribe_with_speakers").time():
        blocks, warnings = label_blocks(diarization, transcription, rule=LABELLING)
    durations = (transcription.duration, diarization.duration)
    return LabelledTranscript(
        duration=next((seconds for seconds in durations if seconds is not None), 0.0),
        language=transcription.language or DEFAULT_LANGUAGE,
        speakers=speakers_of(diarization),
        blocks=blocks,
        models={
            "transcription": transcription.model or "parakeet",
            "diarization": diarization.models.get("diarization", "sortformer"),
        },
        warnings=(*warnings, *analysis.warnings),
        corrections=transcription.corrections,
    )
