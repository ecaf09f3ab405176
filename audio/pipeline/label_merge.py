"""Label-merge: the named transcript of a recording, or of its two tracks."""

from collections.abc import Sequence
from dataclasses import replace

from audio import metrics
from audio.engines.dialects.keywords import with_keywords
from audio.library import find_people, find_voices
from audio.media import decoding
from audio.media.recording import Recording
from audio.merge.named_transcript import name_transcript
from audio.merge.naming.acceptance import EvidenceRule
from audio.merge.naming.overlap import OverlapRule
from audio.merge.tracks.loudness import Track
from audio.merge.tracks.two_track_transcript import AnalysedTrack, name_two_tracks
from audio.merge.values import (
    NO_VOICES,
    Correction,
    Diarization,
    NamedTranscript,
    Notice,
    TimelineEntry,
    Voices,
)
from audio.pipeline.analysis.analysis_work import Analysis, AnalysisRequest
from audio.pipeline.analysis.recording_analysis import analyse
from audio.pipeline.merge_job import MergeJob
from audio.pipeline.merge_timeline import reported_timeline, resolve_timeline
from audio.pipeline.mic_echo import HeardMic, heard_mic
from audio.pipeline.spelling import Spelling, spelled
from audio.pipeline.transcription import LABELLING
from audio.timelines import plain_list


def label_merge(job: MergeJob) -> NamedTranscript:
    """Transcribe a recording, and name the speakers of its words.

    Raises
    ------
    EngineError, UnusableAudio
    LibraryUnavailable
        If the job needs the library.
    """
    if job.mic_file and job.system_file:
        named = _label_merge_dual(job, job.mic_file, job.system_file)
    elif job.file:
        named = _label_merge_mono(job, job.file)
    else:
        raise ValueError("label_merge: expected file, or mic and system; got neither")
    metrics.count_names(speaker.source for speaker in named.speakers)
    return named


def _label_merge_mono(job: MergeJob, recording: Recording) -> NamedTranscript:
    expected = with_keywords({}, job.options.keywords)
    [analysis] = analyse(
        AnalysisRequest(
            recording=recording,
            options=expected if job.options.transcribe else None,
            speakers="embeddings",
            linking=job.options.linking,
        )
    )
    known, unavailable = _known_voices(job, analysis.diarization)
    entries, facts, clock = resolve_timeline(job.timeline, analysis)
    analysis = _spelled(job, analysis, _people(job, entries, known))
    with metrics.MERGES.labels("label_merge").time():
        named = name_transcript(
            analysis.diarization,
            analysis.transcription if job.options.transcribe else None,
            entries,
            known,
            rule=_rule(job, known),
            labelling=LABELLING,
            known_clock=clock,
        )
    return replace(
        named,
        warnings=(*named.warnings, *facts.notices, *analysis.warnings, *unavailable),
        language=analysis.transcription.language,
        **reported_timeline(facts, named),
        corrections=analysis.transcription.corrections,
    )


def _label_merge_dual(job: MergeJob, mic: Recording, system: Recording) -> NamedTranscript:
    if job.options.self_vad is not None:
        return _merge_tracks(job, HeardMic(mic), mic, system)
    # Before any engine works: without samples there would be no answer.
    decoding.check_decodable(mic)
    decoding.check_decodable(system)
    with heard_mic(mic, system, job.options.echo) as heard:
        return _merge_tracks(job, heard, mic, system)


def _merge_tracks(
    job: MergeJob, heard: HeardMic, mic: Recording, system: Recording
) -> NamedTranscript:
    mic_analysis, system_analysis = _analyse_tracks(job, heard.recording, system)
    known, unavailable = _known_voices(job, system_analysis.diarization, mic_analysis.diarization)
    entries, facts, clock = resolve_timeline(job.timeline, mic_analysis, system_analysis)
    people = _people(job, entries, known)
    mic_analysis = _spelled(job, mic_analysis, people)
    system_analysis = _spelled(job, system_analysis, people)
    with metrics.MERGES.labels("label_merge_dual").time():
        named = name_two_tracks(
            _track(mic, mic_analysis),
            _track(system, system_analysis),
            entries,
            known,
            self_name=job.options.self_name,
            self_vad=job.options.self_vad,
            selection=heard.selection,
            rule=_rule(job, known),
            labelling=LABELLING,
            known_clock=clock,
        )
    return replace(
        named,
        warnings=(
            *named.warnings,
            *facts.notices,
            *heard.warnings,
            *dict.fromkeys((*mic_analysis.warnings, *system_analysis.warnings)),
            *unavailable,
        ),
        language=system_analysis.transcription.language or mic_analysis.transcription.language,
        **reported_timeline(facts, named),
        echo=heard.report,
        corrections=_both(mic_analysis, system_analysis),
    )


def _analyse_tracks(job: MergeJob, mic: Recording, system: Recording) -> list[Analysis]:
    """Ask the engines for both tracks; only the system track may have a limit of speakers."""
    expected = with_keywords({}, job.options.keywords)
    return analyse(
        AnalysisRequest(recording=mic, options=expected, speakers="embeddings"),
        AnalysisRequest(
            recording=system,
            options=expected,
            speakers="embeddings",
            linking=job.options.linking,
        ),
    )


def _people(
    job: MergeJob, entries: Sequence[TimelineEntry], known: Voices
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the timeline and of the voices, and those of the stored library.

    Only spelling=people uses them. A caller who sends voices does not use the stored library.
    """
    if job.options.spelling != "people":
        return (), ()
    near = (job.options.self_name, *(entry.name for entry in entries), *known.names)
    uses_library = job.library_reader is not None and job.options.known_voiceprints is None
    stored = find_people(is_required=job.needs_library) if uses_library else ()
    return tuple(dict.fromkeys(near)), stored


def _spelled(
    job: MergeJob, analysis: Analysis, people: tuple[tuple[str, ...], tuple[str, ...]]
) -> Analysis:
    spelling = Spelling(mode=job.options.spelling, keywords=job.options.keywords)
    return spelled(analysis, spelling, *people)


def _both(*analyses: Analysis) -> tuple[Correction, ...]:
    """Return the corrections of both tracks, by time."""
    made = [one for analysis in analyses for one in analysis.transcription.corrections]
    return tuple(sorted(made, key=lambda one: one.start_ms or 0))


def _track(recording: Recording, analysis: Analysis) -> AnalysedTrack:
    samples = Track(decoding.SAMPLE_RATE, lambda: decoding.sample_blocks(recording))
    return AnalysedTrack(analysis.diarization, analysis.transcription, samples)


def _is_as_written(job: MergeJob) -> bool:
    """Return whether the plain list is used as it is, as rule `overlap` always did."""
    return job.timeline.format == plain_list.FORMAT and job.options.rule == "overlap"


def _rule(job: MergeJob, known: Voices) -> OverlapRule | EvidenceRule:
    """Return the rule, with the threshold and the margin of the voices' space."""
    asked = job.options.voiceprint_threshold
    threshold = known.threshold if asked is None else asked
    if job.options.rule == "evidence":
        return EvidenceRule(voiceprint_threshold=threshold, min_margin=known.margin)
    return OverlapRule(
        job.options.min_overlap,
        threshold,
        known.margin,
        follows_clock=not _is_as_written(job),
    )


def _known_voices(job: MergeJob, *diarizations: Diarization) -> tuple[Voices, tuple[Notice, ...]]:
    """Return the voices that the caller sent, even an empty list; else the stored ones."""
    if job.options.known_voiceprints is not None:
        return job.options.known_voiceprints, ()
    if job.library_reader is None:
        return NO_VOICES, ()
    embeddings = {
        f"{track} {label}": embedding
        for track, diarization in enumerate(diarizations)
        for label, embedding in diarization.embeddings.items()
    }
    space = diarizations[0].models.get("embedding", "")
    return find_voices(
        space, embeddings, asked_by=job.library_reader, is_required=job.needs_library
    )
