"""The rule ``overlap`` for timelines whose clock may be off, and what it leaves where it is not.

Conventions
-----------
Times are in seconds. Offsets are positive where the timeline is late.
"""

from collections.abc import Sequence
from dataclasses import replace

from audio.merge.diarized_speakers import speakers_of
from audio.merge.naming.acceptance import EVIDENCE_RULE
from audio.merge.naming.clock.timeline_alignment import AlignedTimeline, align_timeline
from audio.merge.naming.evidence import TIMELINE_UNUSABLE, Naming
from audio.merge.naming.overlap import OverlapRule, name_by_overlap
from audio.merge.naming.overlap_checks import check_overlap
from audio.merge.values import (
    ZERO_KNOWN,
    Diarization,
    KnownClock,
    NamedSpeaker,
    Notice,
    TimelineEntry,
    Voices,
)

# Meeting clients show speakers up to 1.5 s late. Source: the specification of timelines.
LATE_S = 2.0
OFFSET_AT_EDGE = Notice(
    "timeline_offset_edge",
    "The timeline's offset is at the edge of what could be searched: it may be larger.",
)


def name_by_aligned_overlap(
    diarization: Diarization,
    entries: Sequence[TimelineEntry],
    voices: Voices,
    *,
    rule: OverlapRule,
    mic: NamedSpeaker | None = None,
    known_clock: KnownClock = ZERO_KNOWN,
) -> Naming:
    """Name each speaker by overlap, once the timeline is in the time of the recording.

    The readings of names are joined first. A timeline that chance explains gives no name.

    Parameters
    ----------
    diarization, entries, voices, rule, mic
        As `name_by_overlap` takes them; the entries by the timeline's own clock.
    known_clock
        Facts about the timeline's clock: its zero, and its anchors.

    Returns
    -------
    Naming
        Its timeline is None where no entry counts, or chance explains them.

    Raises
    ------
    ValueError
        When a time is not finite, or the known voices' rows and names differ in number.

    Examples
    --------
    >>> from audio.merge.values import NO_VOICES, Turn
    >>> talk = Diarization((Turn(0.0, 8.0, "A"), Turn(8.0, 16.0, "B")), ("A", "B"))
    >>> shown = [TimelineEntry(0.5, 8.5, "Ann"), TimelineEntry(8.5, 16.5, "Bob")]
    >>> naming = name_by_aligned_overlap(talk, shown, NO_VOICES, rule=OverlapRule())
    >>> [(one.name, one.overlap_confidence) for one in naming.speakers], naming.timeline_offset_s
    ([('Ann', 1.0), ('Bob', 1.0)], 0.5)

    """
    own_name = [mic.name] if mic else []
    aligned = align_timeline(
        speakers_of(diarization),
        diarization.turns,
        entries,
        known=voices.names,
        present=own_name,
        known_clock=known_clock,
    )
    is_usable = _chance(aligned) <= EVIDENCE_RULE.max_chance
    shown = aligned.entries if is_usable else ()
    speakers = name_by_overlap(diarization, shown, voices, rule=rule, mic=mic)
    weak = check_overlap(speakers, diarization, voices, rule=rule, mic=mic)
    return Naming(
        tuple(replace(one, name_readings=aligned.readings.get(one.name, ())) for one in speakers),
        aligned if is_usable and aligned.clock else None,
        weak if is_usable else (TIMELINE_UNUSABLE, *weak),
    )


def check_late(diarization: Diarization, entries: Sequence[TimelineEntry]) -> tuple[Notice, ...]:
    """Return a warning where a timeline that is used as it is follows the speakers late, or early.

    Parameters
    ----------
    diarization
        The speakers and their turns.
    entries
        In any order, in seconds.

    Returns
    -------
    tuple of Notice
        One for an offset over 2 s that chance does not explain; else none.

    Raises
    ------
    ValueError
        When a time is not finite.

    """
    aligned = align_timeline(speakers_of(diarization), diarization.turns, entries)
    clock = aligned.clock
    if clock is None or clock.chance is None or abs(clock.offset_s) <= LATE_S:
        return ()
    if clock.chance > EVIDENCE_RULE.max_chance:
        return ()
    direction = "late" if clock.offset_s > 0 else "early"
    return (
        Notice(
            "timeline_late",
            f"The timeline seems to be {abs(clock.offset_s):.1f} s {direction}. Rule overlap uses "
            "a plain list as it is; rule evidence, or another format, would have moved it.",
        ),
    )


def check_edge(naming: Naming) -> tuple[Notice, ...]:
    """Return a warning where the offset is at the edge of what could be searched."""
    clock = naming.timeline.clock if naming.timeline else None
    return (OFFSET_AT_EDGE,) if clock and clock.is_at_edge else ()


def _chance(aligned: AlignedTimeline) -> float:
    """Return the probability that chance explains the timeline; 0 where it cannot be measured."""
    chance = aligned.clock.chance if aligned.clock else None
    return chance or 0.0
