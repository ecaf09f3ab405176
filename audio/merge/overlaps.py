"""Which words are whose while two people speak at once."""

from collections.abc import Sequence
from dataclasses import replace

from audio.merge.timeline import Turn


def share_overlaps(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Tell whose each moment is, for the words of one recognizer that hears one speaker at a time.

    Where a turn begins before another speaker's ends, and outlasts it, the two part at the middle
    of their overlap. A turn inside another one stays as it is, and so do those of one speaker.

    Measured, cpWER without and with it: clinic_overlap 8.2 % and 2.9 %, a real phone call 29.9 %
    and 21.8 % (the built-in engine; `benchmarks/README.md`).

    Parameters
    ----------
    turns
        In any order, in seconds.

    Returns
    -------
    tuple of Turn
        By start (ties: as listed); empty for no turns.

    Examples
    --------
    >>> [(t.start, t.end) for t in share_overlaps([Turn(0.0, 4.0, "A"), Turn(3.0, 9.0, "B")])]
    [(0.0, 3.5), (3.5, 9.0)]

    """
    ordered = sorted(turns, key=lambda turn: turn.start)
    starts = [turn.start for turn in ordered]
    ends = [turn.end for turn in ordered]
    for one, earlier in enumerate(ordered):
        for other in range(one + 1, len(ordered)):
            later = ordered[other]
            if later.start >= earlier.end:
                break
            if later.end > earlier.end and later.speaker != earlier.speaker:
                middle = (later.start + earlier.end) / 2
                ends[one] = min(ends[one], middle)
                starts[other] = max(starts[other], middle)
    return tuple(
        replace(turn, start=start, end=max(start, end))
        for turn, start, end in zip(ordered, starts, ends, strict=True)
    )
