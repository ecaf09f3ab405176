"""Timelines that cannot be meant for their recording: another unit, another origin.

Conventions
-----------
Times are in seconds. Blank names and entries without length do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from audio.merge.values import Notice, TimelineEntry

# A timeline in seconds is not this many times as long, or as short, as its recording.
MOST_RECORDINGS = 20.0
# No name is shown for less than a tenth of a second, so entries in a unit of which a second has
# n last 0.1 n units or more; most entries in seconds last less than 100 s.
SHORTEST_SHOWN_S = 0.1
# A unit longer than a second makes entries of seconds shorter than this.
SHORTEST_MEDIAN_S = 0.5
# An entry may go on after the recording has ended, a little and by a share of its length.
BEYOND_S, BEYOND_SHARE = 1.0, 0.05
# No meeting's clock is a day late: an offset of more than that is another origin.
LARGEST_OFFSET_S = 86_400.0
_SMALL_UNITS = {"milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
_LARGE_UNITS = {"minutes": 60.0, "thousands of seconds": 1e3, "hours": 3600.0}


@dataclass(frozen=True, slots=True)
class PlausibleTimeline:
    """The entries that may be used, and warnings about the others."""

    entries: tuple[TimelineEntry, ...]
    notices: tuple[Notice, ...] = ()


def check_units(
    entries: Sequence[TimelineEntry], duration_s: float, *, is_converted: bool
) -> PlausibleTimeline:
    """Return the entries of a timeline whose times may be seconds, and warn about others.

    The unit is smaller than a second where the timeline is more than 20 times as long as the
    recording, fits into it in that unit, and its entries last at least 0.1 s in that unit in the
    median. It is longer where the timeline ends in the first twentieth of the recording, covers
    at least half of it in that unit, and its entries last less than 0.5 s in the median.

    Parameters
    ----------
    entries
        In any order.
    duration_s
        The length of the recording; 0 where it is unknown: nothing is found then.
    is_converted
        Whether to return times in a smaller unit as seconds; else there are no entries.

    Returns
    -------
    PlausibleTimeline
        The given entries, without a warning, where they may be seconds.

    Examples
    --------
    >>> shown = [TimelineEntry(0, 6000, "Ann"), TimelineEntry(6000, 12000, "Bob")]
    >>> found = check_units(shown, 12.0, is_converted=True)
    >>> found.notices[0].code, found.entries[1].end
    ('timeline_milliseconds', 12.0)

    """
    counting = _counting(entries)
    if not counting or duration_s <= 0:
        return PlausibleTimeline(tuple(entries))
    start, end = min(one.start for one in counting), max(one.end for one in counting)
    length = median(one.end - one.start for one in counting)
    if end - start > MOST_RECORDINGS * duration_s:
        for name, unit in _SMALL_UNITS.items():
            fits = (end - start) / unit <= duration_s * (1 + BEYOND_SHARE) + BEYOND_S
            if fits and length >= unit * SHORTEST_SHOWN_S:
                return _in_small_unit(entries, name, unit, is_converted=is_converted)
    if 0 < end <= duration_s / MOST_RECORDINGS and length < SHORTEST_MEDIAN_S:
        for name, unit in _LARGE_UNITS.items():
            if duration_s / 2 <= end * unit <= duration_s * (1 + BEYOND_SHARE) + BEYOND_S:
                return PlausibleTimeline((), (_first_moments(name),))
    return PlausibleTimeline(tuple(entries))


def check_place(
    entries: Sequence[TimelineEntry], duration_s: float, offset_s: float | None
) -> tuple[Notice, ...]:
    """Return a warning where no name is shown inside the recording.

    Parameters
    ----------
    entries
        In any order, by the timeline's own clock.
    duration_s
        The length of the recording; 0 where it is unknown: nothing is found then.
    offset_s
        How late the timeline was found to be; None where that is unknown. An offset of more than a
        day is another origin, about which the reader is warned too.

    Examples
    --------
    >>> [notice] = check_place([TimelineEntry(70.0, 80.0, "Ann")], 60.0, None)
    >>> notice.message
    'No name is shown inside the recording: the timeline begins 10.0 s after its end.'

    """
    counting = _counting(entries)
    late = offset_s if offset_s is not None and abs(offset_s) <= LARGEST_OFFSET_S else 0.0
    begin, end = late, late + duration_s
    is_inside = any(one.start < end and one.end > begin for one in counting)
    if not counting or duration_s <= 0 or is_inside:
        return ()
    after = [one.start - end for one in counting if one.start >= end]
    before = [begin - one.end for one in counting if one.end <= begin]
    # Of entries on both sides the nearest counts.
    if after and (not before or min(after) <= min(before)):
        place = f"begins {min(after):.1f} s after its end"
    else:
        place = f"ends {min(before):.1f} s before its start"
    return (
        Notice(
            "timeline_outside",
            f"No name is shown inside the recording: the timeline {place}.",
        ),
    )


def _counting(entries: Sequence[TimelineEntry]) -> list[TimelineEntry]:
    return [entry for entry in entries if entry.name.strip() and entry.end > entry.start]


def _in_small_unit(
    entries: Sequence[TimelineEntry], name: str, unit: float, *, is_converted: bool
) -> PlausibleTimeline:
    reason = "as seconds they would be over 20 times as long as the recording"
    if not is_converted:
        message = f"The timeline was not used: its times must be {name}; {reason}."
        return PlausibleTimeline((), (Notice("timeline_milliseconds", message),))
    message = f"The timeline's times were read as {name}: {reason}."
    return PlausibleTimeline(
        tuple(replace(one, start=one.start / unit, end=one.end / unit) for one in entries),
        (Notice("timeline_milliseconds", message),),
    )


def _first_moments(name: str) -> Notice:
    return Notice(
        "timeline_first_moments",
        f"The timeline was not used: its times must be {name}; as seconds they would all be in "
        "the first moments of the recording.",
    )
