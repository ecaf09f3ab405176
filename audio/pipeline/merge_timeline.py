"""The timeline of a recording for label-merge: its entries, its clock, and their report."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from audio.merge.diarized_speakers import speakers_of
from audio.merge.name_spelling import name_key
from audio.merge.naming.clock.text_clock import find_anchors
from audio.merge.naming.clock.timeline_alignment import join_devices, most_probable_timeline
from audio.merge.values import KnownClock, NamedTranscript, TimelineEntry
from audio.merge.words.speaker_labels import length_of
from audio.pipeline.analysis.analysis_work import Analysis
from audio.timelines import plain_list
from audio.timelines.entries import (
    TimelineFacts,
    has_no_pauses,
    report_timeline,
    timeline_entries,
)
from audio.timelines.export import Export
from audio.timelines.json_formats import generic_json

# Formats whose times may be bare numbers.
UNITS_UNKNOWN = (plain_list.FORMAT, generic_json.FORMAT)


def resolve_timeline(
    timeline: Export, *analyses: Analysis
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
    entries, facts = timeline_entries(timeline, length)
    clock = _known_clock(facts, analyses)
    if has_no_pauses(timeline, length) is None:
        other, other_facts = timeline_entries(timeline, length, lacks_pauses=True)
        other_clock = _known_clock(other_facts, analyses)
        if most_probable_timeline(speakers, turns, [(entries, clock), (other, other_clock)]):
            entries, facts, clock = other, other_facts, other_clock
    if facts.devices:
        entries = join_devices(speakers, turns, entries, facts.devices, known_clock=clock)
        facts = replace(facts, people=len({name_key(entry.name) for entry in entries}))
    return entries, facts, clock


def _known_clock(facts: TimelineFacts, analyses: Sequence[Analysis]) -> KnownClock:
    """Return the facts about the clock: its zero, its unit, and the words that both have."""
    anchors = [
        anchor for one in analyses for anchor in find_anchors(one.transcription.words, facts.texts)
    ]
    return KnownClock(
        facts.zero is None,
        tuple(sorted(anchors, key=lambda anchor: anchor.recording_s)),
        is_unit_known=facts.format not in UNITS_UNKNOWN,
    )


def reported_timeline(facts: TimelineFacts, named: NamedTranscript) -> dict[str, Any]:
    """Return the fields of a transcript that report its timeline, offsets by its own time."""
    report = report_timeline(facts, named.used_timeline)
    offset_s = None if named.timeline_offset_s is None else report.offset_s
    return {"timeline": report, "timeline_offset_s": offset_s}
