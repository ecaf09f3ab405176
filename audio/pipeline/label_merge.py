"""Label-merge: the named transcript of a recording, or of its two tracks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from audio import metrics
from audio.engines.dialects.keywords import with_keywords
from audio.library import KeptTrack, Provenance, find_voices, library
from audio.media import decoding
from audio.media.opus_files import opus_file
from audio.media.recording import Recording, digest_of
from audio.merge.chunks.constrained_clustering import LINKING_RULE, LinkingRule
from audio.merge.defaults import (
    DEFAULT_ECHO,
    DEFAULT_MIN_OVERLAP,
    DEFAULT_RULE,
    DEFAULT_SELF_NAME,
    EchoName,
    RuleName,
    SpellingName,
)
from audio.merge.diarized_speakers import speakers_of
from audio.merge.name_spelling import name_key
from audio.merge.named_transcript import name_transcript
from audio.merge.naming.acceptance import EvidenceRule
from audio.merge.naming.clock.text_clock import find_anchors
from audio.merge.naming.clock.timeline_alignment import join_devices, most_probable_timeline
from audio.merge.naming.overlap import OverlapRule
from audio.merge.tracks.loudness import Track
from audio.merge.tracks.two_track_transcript import AnalysedTrack, name_two_tracks
from audio.merge.values import (
    NO_VOICES,
    Correction,
    Diarization,
    KnownClock,
    NamedTranscript,
    Notice,
    Span,
    TimelineEntry,
    Voices,
)
from audio.merge.words.speaker_labels import length_of
from audio.pipeline.analysis.analysis_work import Analysis, AnalysisRequest
from audio.pipeline.analysis.recording_analysis import analyse
from audio.pipeline.mic_echo import HeardMic, heard_mic
from audio.pipeline.spelling import Spelling, spelled
from audio.pipeline.transcription import LABELLING
from audio.timelines import plain_list
from audio.timelines.entries import (
    TimelineFacts,
    has_no_pauses,
    report_timeline,
    timeline_entries,
)
from audio.timelines.export import Export
from audio.timelines.registry import AUTO

NO_TIMELINE = Export(format=plain_list.FORMAT, entries=())


STORED_WITHOUT_WORDS = Notice(
    "stored_without_words",
    "The stored transcript has speakers and their turns, but no words, so no search finds it; "
    "send transcribe=true to store the words.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOptions:
    """What a caller chooses besides the recordings and their timeline.

    Requests, archives and jobs share it, and each field has the name that it has in a request.
    `known_voiceprints` replace the stored library, even if they are empty; a stored result is
    deleted after `retain_days`, and its audio is kept with `keep_audio`; None is the setting
    KEEP_AUDIO. Without `voiceprint_threshold` that of the voices' space counts.
    With two tracks, `linking` limits the speakers of the system
    track.
    """

    timeline_format: str = AUTO
    self_name: str = DEFAULT_SELF_NAME
    self_vad: tuple[Span, ...] | None = None
    known_voiceprints: Voices | None = None
    transcribe: bool = False
    rule: RuleName = DEFAULT_RULE
    min_overlap: float = DEFAULT_MIN_OVERLAP
    voiceprint_threshold: float | None = None
    retain_days: int | None = None
    linking: LinkingRule = LINKING_RULE
    echo: EchoName = DEFAULT_ECHO
    keywords: tuple[str, ...] = ()
    spelling: SpellingName | None = None
    keep_audio: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeJob:
    """The work that label-merge does: on `file`, or on both tracks.

    `library_reader` is the name of the key that may read the stored library. While the library is
    unavailable, the job goes on without its voices, unless it `needs_library`.
    """

    options: MergeOptions
    timeline: Export = NO_TIMELINE
    file: Recording | None = None
    mic_file: Recording | None = None
    system_file: Recording | None = None
    library_reader: str | None = None
    needs_library: bool = False


def build_merge_options(values: Mapping[str, Any], *, linking: LinkingRule) -> MergeOptions:
    """Build the options from values under the names of label-merge's fields; ignore others."""
    return MergeOptions(**_fields_of(MergeOptions, values), linking=linking)


def build_merge_job(
    values: Mapping[str, Any],
    *,
    options: MergeOptions,
    library_reader: str | None,
    needs_library: bool,
) -> MergeJob:
    """Build a job from recordings and a timeline under the names of label-merge's fields."""
    return MergeJob(
        **_fields_of(MergeJob, values),
        options=options,
        library_reader=library_reader,
        needs_library=needs_library,
    )


def _fields_of(
    kind: type[MergeJob] | type[MergeOptions], values: Mapping[str, Any]
) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


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
    entries, facts, clock = _read_entries(job, analysis)
    analysis = _spelled(job, analysis, entries, known)
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
        **_reported(facts, named),
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
    expected = with_keywords({}, job.options.keywords)
    mic_analysis, system_analysis = analyse(
        AnalysisRequest(recording=heard.recording, options=expected, speakers="embeddings"),
        AnalysisRequest(
            recording=system,
            options=expected,
            speakers="embeddings",
            linking=job.options.linking,
        ),
    )
    known, unavailable = _known_voices(job, system_analysis.diarization, mic_analysis.diarization)
    entries, facts, clock = _read_entries(job, mic_analysis, system_analysis)
    mic_analysis, system_analysis = (
        _spelled(job, one, entries, known) for one in (mic_analysis, system_analysis)
    )
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
        **_reported(facts, named),
        echo=heard.report,
        corrections=_both(mic_analysis, system_analysis),
    )


def _spelled(
    job: MergeJob, analysis: Analysis, entries: Sequence[TimelineEntry], known: Voices
) -> Analysis:
    """Correct the spelling, also by the names of the timeline and of the known voices."""
    people = (job.options.self_name, *(entry.name for entry in entries), *known.names)
    spelling = Spelling(mode=job.options.spelling, keywords=job.options.keywords)
    return spelled(analysis, spelling, dict.fromkeys(people))


def _both(*analyses: Analysis) -> tuple[Correction, ...]:
    """Return the corrections of both tracks, by time."""
    made = [one for analysis in analyses for one in analysis.transcription.corrections]
    return tuple(sorted(made, key=lambda one: one.start_ms or 0))


def _track(recording: Recording, analysis: Analysis) -> AnalysedTrack:
    samples = Track(decoding.SAMPLE_RATE, lambda: decoding.sample_blocks(recording))
    return AnalysedTrack(analysis.diarization, analysis.transcription, samples)


def _read_entries(
    job: MergeJob, *analyses: Analysis
) -> tuple[tuple[TimelineEntry, ...], TimelineFacts, KnownClock]:
    """Return the timeline's entries for a recording of this length, or for its two tracks.

    The speakers of the last analysis decide what the export leaves open: whether the recording
    lacks its pauses, where the length does not say so, and who has two devices.
    """
    length = max(
        length_of(one.diarization, one.transcription) if one.seconds is None else one.seconds
        for one in analyses
    )
    speakers, turns = speakers_of(analyses[-1].diarization), analyses[-1].diarization.turns
    entries, facts = timeline_entries(job.timeline, length)
    clock = _known_clock(facts, analyses)
    if has_no_pauses(job.timeline, length) is None:
        other, other_facts = timeline_entries(job.timeline, length, lacks_pauses=True)
        other_clock = _known_clock(other_facts, analyses)
        if most_probable_timeline(speakers, turns, [(entries, clock), (other, other_clock)]):
            entries, facts, clock = other, other_facts, other_clock
    if facts.devices:
        entries = join_devices(speakers, turns, entries, facts.devices, known_clock=clock)
        facts = replace(facts, people=len({name_key(entry.name) for entry in entries}))
    return entries, facts, clock


def _known_clock(facts: TimelineFacts, analyses: Sequence[Analysis]) -> KnownClock:
    """Return the facts about the clock: its zero, and the words that both have."""
    anchors = [
        anchor for one in analyses for anchor in find_anchors(one.transcription.words, facts.texts)
    ]
    return KnownClock(
        facts.zero is None, tuple(sorted(anchors, key=lambda anchor: anchor.recording_s))
    )


def _reported(facts: TimelineFacts, named: NamedTranscript) -> dict[str, Any]:
    """Return what is reported of the timeline, with offsets by its own time."""
    report = report_timeline(facts, named.used_timeline)
    offset_s = None if named.timeline_offset_s is None else report.offset_s
    return {"timeline": report, "timeline_offset_s": offset_s}


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


def note_missing_words(transcript: NamedTranscript) -> NamedTranscript:
    """Return a transcript that is to be stored, with a warning where it has no words."""
    if transcript.blocks or not transcript.turns or STORED_WITHOUT_WORDS in transcript.warnings:
        return transcript
    return replace(transcript, warnings=(*transcript.warnings, STORED_WITHOUT_WORDS))


def remember(
    transcript: NamedTranscript, job: MergeJob, *, created_by: str, key: str | None = None
) -> str:
    """Store a named transcript in the library, once per `key`; return its identifier."""
    with storing(job, created_by=created_by, key=key) as store:
        return store(transcript)


@contextmanager
def storing(
    job: MergeJob, *, created_by: str, key: str | None = None
) -> Iterator[Callable[[NamedTranscript], str]]:
    """Prepare the storing of a transcript, as `remember` does it; audio to keep is encoded.

    Raises
    ------
    UnusableAudio, NoRoom
    """
    recordings = _tracks_of(job)
    keeps = settings.KEEP_AUDIO if job.options.keep_audio is None else job.options.keep_audio
    with ExitStack() as files:
        encoded = {
            track: files.enter_context(opus_file(recording))
            for track, recording in recordings.items()
            if keeps
        }
        provenance = Provenance(
            sha256=digest_of(*recordings.values()),
            created_by=created_by,
            recording_name=", ".join(one.name for one in recordings.values() if one.name),
            retain_until=_in_days(job.options.retain_days),
            key=key,
            audio=tuple(
                KeptTrack(track, opus.path, opus.seconds, opus.peaks)
                for track, opus in encoded.items()
            ),
        )
        yield lambda transcript: library().remember(note_missing_words(transcript), provenance)


def _tracks_of(job: MergeJob) -> dict[str, Recording]:
    """Return the recordings by the names of their tracks."""
    if job.mic_file and job.system_file:
        return {"mic": job.mic_file, "system": job.system_file}
    return {"mono": job.file} if job.file else {}


def _in_days(days: int | None) -> datetime | None:
    return None if days is None else timezone.now() + timedelta(days=days)
