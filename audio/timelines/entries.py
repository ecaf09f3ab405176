"""An export as timeline entries of the merge core, once the recording's length is known."""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from audio.merge.name_spelling import name_key
from audio.merge.values import (
    Notice,
    ShownText,
    Span,
    TimelineEntry,
    TimelineReport,
    UsedTimeline,
)
from audio.timelines.clock_times import format_instant
from audio.timelines.collector_pause import LARGE_ENTRIES, collector_paused
from audio.timelines.export import Entry, Export
from audio.timelines.open_ends import end_at_recording
from audio.timelines.people import identify

# Captions cut a turn into cues with pauses of this length at most.
LONGEST_GAP_S = 0.3
NOISE_S = 1e-6
# The published recording and its export differ by less than this.
SAME_LENGTH_S = 2.0
# Cues that cover this share of the time between the first and the last leave no silence.
TILED_SHARE = 0.95

EMPTY = Notice("timeline_empty", "The timeline was read, and has no entry that could be used.")
START_UNUSED = Notice(
    "recording_start_unused",
    "recording_start has no effect: the timeline has relative times only.",
)
ZERO_ESTIMATED = Notice(
    "timeline_zero_estimated",
    "The timeline has absolute times, and recording_start was not sent: the start of the "
    "recording was estimated.",
)
TEXT_CUES = Notice(
    "timeline_text_cues",
    "The timeline consists of captions without silence between them: its times are those of the "
    "captions, not of the speech.",
)


@dataclass(frozen=True, slots=True)
class TimelineFacts:
    """What was read: for the answer's `timeline` object, and for the clock.

    `people` are names that differ in more than case. `joined` is the number of other names of the
    same people. `zero` is the instant of the timeline's time 0, in seconds since 1970, where the
    recording's start is unknown. `devices` are those of `identify`. `texts` are what the entries
    say, and `pauses` the stretches that were taken out of the entries and the texts.
    """

    format: str
    entries: int
    people: int
    dropped: dict[str, int]
    joined: int = 0
    zero: float | None = None
    devices: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    texts: tuple[ShownText, ...] = ()
    pauses: tuple[Span, ...] = ()


def timeline_entries(
    export: Export, duration_s: float, *, lacks_pauses: bool | None = None
) -> tuple[tuple[TimelineEntry, ...], TimelineFacts]:
    """Return the entries for the merge core, and what is to be reported of them.

    Parameters
    ----------
    export
        From `read_timeline`.
    duration_s
        The length of the recording, in seconds; 0 if it is unknown.
    lacks_pauses
        Whether the recording lacks the export's pauses; by default the lengths decide, and it has
        them where they do not.

    Returns
    -------
    tuple
        The entries by their starts, joined where they are less than 0.3 s apart; those of the
        plain list as they are. And the facts.
    """
    with collector_paused(is_large=len(export.entries) > LARGE_ENTRIES):
        if export.format == "list":
            return _plain_entries(export)
        return _entries(export, duration_s, lacks_pauses)


def _entries(
    export: Export, duration_s: float, lacks_pauses: bool | None
) -> tuple[tuple[TimelineEntry, ...], TimelineFacts]:
    notices = list(_notices(export))
    dropped = Counter(export.dropped)
    ended = _with_ends(export, duration_s)
    identified = identify(ended, export.stays)
    entries = _joined(identified.entries)
    texts = [entry for entry in identified.entries if entry.text]
    is_cut = has_no_pauses(export, duration_s) if lacks_pauses is None else lacks_pauses
    if is_cut:
        entries, paused = without_pauses(entries, export.pauses)
        texts, _ = without_pauses(texts, export.pauses)
        dropped["paused"] += paused
    if _is_tiled(export, entries):
        notices.append(TEXT_CUES)
    people = {name_key(name) for name in {entry.name for entry in entries}}
    renamed = zip(ended, identified.entries, strict=True)
    written = {(before.name, after.name) for before, after in renamed}
    facts = TimelineFacts(
        export.format,
        entries=len(entries),
        people=len(people),
        dropped={reason: count for reason, count in dropped.items() if count},
        joined=len(written) - len(people),
        zero=export.zero if export.is_zero_estimated else None,
        devices=identified.devices,
        notices=tuple(notices),
        texts=tuple(ShownText(one.start, one.end or one.start, one.text) for one in texts),
        pauses=export.pauses if is_cut else (),
    )
    return tuple(map(_timeline_entry, entries)), facts


def _plain_entries(export: Export) -> tuple[tuple[TimelineEntry, ...], TimelineFacts]:
    """Return the entries of the plain list, which has neither badges nor identifiers."""
    used = [one for one in export.entries if one.name and one.end != one.start]
    blank = sum(not entry.name for entry in export.entries)
    counts = {"no_name": blank, "no_length": len(export.entries) - len(used) - blank}
    facts = TimelineFacts(
        export.format,
        entries=len(used),
        people=len({name_key(entry.name) for entry in used}),
        dropped={reason: count for reason, count in counts.items() if count},
        notices=tuple(_notices(export)),
    )
    return tuple(map(_timeline_entry, export.entries)), facts


def _notices(export: Export) -> list[Notice]:
    # An empty plain list is how a client says that it has no timeline.
    is_empty = not export.entries and export.format != "list"
    said = {
        EMPTY: is_empty,
        START_UNUSED: export.is_start_unused,
        ZERO_ESTIMATED: export.is_zero_estimated and bool(export.entries),
    }
    return [notice for notice, is_said in said.items() if is_said]


def _timeline_entry(entry: Entry) -> TimelineEntry:
    end = entry.start if entry.end is None else entry.end
    has_identifier = bool(entry.stable_id or entry.session_id)
    return TimelineEntry(
        entry.start,
        end,
        entry.name,
        entry.confidence,
        room=entry.room,
        person=entry.name if has_identifier else "",
    )


def _with_ends(export: Export, duration_s: float) -> list[Entry]:
    recording_end = None if export.is_zero_estimated or duration_s <= 0 else duration_s
    ended = [
        entry
        if entry.end is not None
        else entry.between(entry.start, end_at_recording(entry, recording_end))
        for entry in export.entries
    ]
    return [entry for entry in ended if entry.end is not None and entry.end > entry.start]


def _joined(entries: Sequence[Entry]) -> list[Entry]:
    """Return one entry where entries of one person are less than 0.3 s apart, by their starts."""
    own: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.start):
        before = own[entry.name][-1] if own[entry.name] else None
        if before is not None and entry.start - (before.end or 0.0) < LONGEST_GAP_S - NOISE_S:
            end = max(before.end or 0.0, entry.end or 0.0)
            room = before.room or entry.room
            own[entry.name][-1] = replace(before, end=end, room=room)
        else:
            own[entry.name].append(entry)
    joined = (entry for person in own.values() for entry in person)
    return sorted(joined, key=lambda entry: entry.start)


def has_no_pauses(export: Export, duration_s: float) -> bool | None:
    """Return whether the recording lacks the export's pauses, by its length in seconds.

    None where it is neither as long as the whole nor as the whole without the pauses.
    """
    if not export.pauses or export.length_s is None:
        return False
    paused_s = sum(pause.end - pause.start for pause in export.pauses)
    if abs(export.length_s - duration_s) <= SAME_LENGTH_S:
        return False
    return True if abs(export.length_s - paused_s - duration_s) <= SAME_LENGTH_S else None


def without_pauses(entries: Sequence[Entry], pauses: Sequence[Span]) -> tuple[list[Entry], int]:
    """Return the entries in the time of a recording that lacks the pauses, which are sorted.

    What is in a pause is cut off; the second value is the number of entries that are wholly in
    one.
    """
    starts = [pause.start for pause in pauses]
    paused_before = list(accumulate((one.end - one.start for one in pauses), initial=0.0))

    def recorded_before(time: float) -> float:
        at = bisect_right(starts, time)
        running = max(0.0, pauses[at - 1].end - time) if at else 0.0
        return round(time - paused_before[at] + running, 6)

    moved = [
        entry.between(recorded_before(entry.start), recorded_before(entry.end or entry.start))
        for entry in entries
    ]
    lasting = [entry for entry in moved if (entry.end or entry.start) > entry.start]
    return lasting, len(moved) - len(lasting)


def _is_tiled(export: Export, entries: Sequence[Entry]) -> bool:
    """Return whether captions leave no silence between the first and the last."""
    if not export.is_captions or len(entries) < 2:
        return False
    covered, until = 0.0, entries[0].start
    for entry in entries:
        end = entry.end or entry.start
        covered += max(0.0, end - max(until, entry.start))
        until = max(until, end)
    return covered >= TILED_SHARE * (until - entries[0].start)


def report_timeline(facts: TimelineFacts, used: UsedTimeline | None) -> TimelineReport:
    """Return the answer's facts about the timeline, once its offset is known.

    The offsets are those of the export as it was written, with the pauses that were taken out of
    it. Without the start of the recording, the offset says when the recording began.
    """
    pieces = _pieces_with_pauses(used.pieces, facts.pauses) if used else ()
    offset_s = pieces[0][1] if pieces else None
    start = None
    if facts.zero is not None and offset_s is not None:
        start = format_instant(facts.zero + offset_s)
    outside = used.outside if used else 0
    return TimelineReport(
        facts.format,
        max(0, facts.entries - outside),
        max(0, facts.people - (used.merged if used else 0)),
        {**facts.dropped, **({"outside": outside} if outside else {})},
        offset_s=offset_s,
        recording_start=start or None,
        pieces=pieces,
        joined=facts.joined + (used.joined if used else 0),
    )


def _pieces_with_pauses(
    pieces: Sequence[tuple[float, float]], pauses: Sequence[Span]
) -> tuple[tuple[float, float], ...]:
    """Return the offsets by the export's own time, of which the pauses had been taken out.

    The pauses are sorted. Each begins a piece, at its time in the recording.
    """
    lengths = [pause.end - pause.start for pause in pauses]
    removed = list(accumulate(lengths, initial=0.0))
    composed: list[tuple[float, float]] = []
    for (start, offset), end in zip(
        pieces, [*(start for start, _ in pieces[1:]), math.inf], strict=True
    ):
        cuts = [pause.start - removed[at] - offset for at, pause in enumerate(pauses)]
        before = sum(cut <= start + NOISE_S for cut in cuts)
        composed.append((start, round(offset + removed[before], 3)))
        composed += [
            (round(cut, 3), round(offset + removed[at + 1], 3))
            for at, cut in enumerate(cuts)
            if start + NOISE_S < cut < end
        ]
    return tuple(composed)
