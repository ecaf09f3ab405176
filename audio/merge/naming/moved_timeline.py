"""A timeline in the time of its recording, with one name for each person, for rule ``overlap``.

Conventions
-----------
Times are in seconds. Offsets are positive where the timeline is late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.acceptance import EVIDENCE_RULE
from audio.merge.naming.timeline_alignment import AlignedTimeline, align_timeline
from audio.merge.values import Diarization, TimelineEntry


@dataclass(frozen=True, slots=True)
class MovedTimeline:
    """The entries in the time of the recording, and what was found of their clock and names.

    ``is_usable`` is whether the names follow the speakers better than chance; if they do not,
    there are no ``entries``. ``aligned`` is None where no entry counts.
    """

    entries: tuple[TimelineEntry, ...]
    aligned: AlignedTimeline | None = None
    is_usable: bool = True

    @property
    def offset_s(self) -> float | None:
        """The offset that was found, None where no entry counts."""
        return self.aligned.clock.offset_s if self.aligned and self.aligned.clock else None

    @property
    def joined(self) -> int:
        """How many readings were taken for another reading of the same person."""
        return self.aligned.joined if self.aligned else 0


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
    aligned = align_timeline(
        speakers_of(diarization), diarization.turns, entries, known=known, present=present
    )
    if aligned.clock is None:
        return MovedTimeline(aligned.entries)
    chance = aligned.clock.chance
    if chance is not None and chance > max_chance:
        return MovedTimeline((), aligned, is_usable=False)
    return MovedTimeline(aligned.entries, aligned)
