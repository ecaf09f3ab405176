"""A timeline in the time of its recording, with one name for each person, for rule ``overlap``.

Conventions
-----------
Times are in seconds. Offsets are positive where the timeline is late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.acceptance import EVIDENCE_RULE
from audio.merge.naming.name_readings import join_readings
from audio.merge.naming.timeline_evidence import read_timeline
from audio.merge.values import Diarization, TimelineEntry


@dataclass(frozen=True, slots=True)
class MovedTimeline:
    """The entries in the time of the recording, and the offset that was removed.

    ``is_usable`` is whether the names follow the speakers better than chance; if they do not,
    there are no ``entries``. Without entries ``offset_s`` is None. ``joined`` is the number of
    readings that were taken for another reading of the same person.
    """

    entries: tuple[TimelineEntry, ...]
    offset_s: float | None = None
    is_usable: bool = True
    joined: int = 0


def move_timeline(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    *,
    known: Iterable[str] = (),
    present: Iterable[str] = (),
    max_chance: float = EVIDENCE_RULE.max_chance,
) -> MovedTimeline:
    """Remove the offset of a timeline's clock, and join the readings of its names.

    Parameters
    ----------
    diarization
        The speakers and their turns.
    entries
        In any order, by the timeline's own clock.
    known, present
        As `join_readings` takes them.
    max_chance
        The highest probability at which chance explains the agreement of names and speakers.

    Returns
    -------
    MovedTimeline
        Unmoved, and without an offset, where no entry counts.

    Raises
    ------
    ValueError
        When a time is not finite.

    Examples
    --------
    >>> from audio.merge.values import Turn
    >>> talk = Diarization((Turn(0.0, 8.0, "A"), Turn(8.0, 16.0, "B")), ("A", "B"))
    >>> shown = [TimelineEntry(0.5, 8.5, "Ann"), TimelineEntry(8.5, 16.5, "Bob")]
    >>> moved = move_timeline(talk, shown)
    >>> moved.offset_s, moved.entries[0].start
    (0.5, 0.0)

    """
    joined = join_readings(entries, known=known, present=present)
    clock = read_timeline(speakers_of(diarization), diarization.turns, joined.entries).clock
    if clock is None:
        return MovedTimeline(joined.entries, joined=joined.joined)
    if clock.chance is not None and clock.chance > max_chance:
        return MovedTimeline((), clock.offset_s, is_usable=False, joined=joined.joined)
    moved = tuple(
        replace(entry, start=entry.start - clock.offset_s, end=entry.end - clock.offset_s)
        for entry in joined.entries
    )
    in_time = join_readings(moved, turns=diarization.turns, known=known, present=present)
    return MovedTimeline(in_time.entries, clock.offset_s, joined=joined.joined + in_time.joined)
