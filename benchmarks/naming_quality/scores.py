"""Shares of the speaking time under a right name, a wrong one, or none.

Shares are percentages of the time that the diarizer gives a label.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.naming_quality.meetings import Meeting

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scores:
    """Percentages of the speaking time.

    ``mis`` is under a label with the name of a person who is not the label's main person: what the
    rule itself got wrong. ``wrong`` includes what the diarizer gave to the wrong label.
    """

    right: float
    wrong: float
    unnamed: float
    mis: float

    def __str__(self) -> str:
        return f"{self.right:.1f} / {self.wrong:.1f} / {self.unnamed:.1f} / {self.mis:.2f}"


def score(meeting: Meeting, names: Names) -> Scores:
    """Compare the names of labels with the people who talk under them."""
    main = main_people(meeting)
    seconds: Counter[str] = Counter()
    for piece in meeting.pieces:
        length = piece.end - piece.start
        name = names.get(piece.label)
        is_right = name is not None and _is_name_of(name, piece.person, meeting)
        seconds["unnamed" if name is None else "right" if is_right else "wrong"] += length  # type: ignore[assignment]
        if name is not None and not _is_name_of(name, main[piece.label], meeting):
            seconds["mis"] += length  # type: ignore[assignment]
    whole = max(seconds["right"] + seconds["wrong"] + seconds["unnamed"], 1e-9) / 100
    return Scores(*(seconds[one] / whole for one in ("right", "wrong", "unnamed", "mis")))


def main_people(meeting: Meeting) -> dict[str, str]:
    """Return the person who talks most under each label."""
    seconds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for piece in meeting.pieces:
        seconds[piece.label][piece.person] += piece.end - piece.start  # type: ignore[assignment]
    return {label: people.most_common(1)[0][0] for label, people in seconds.items()}


def mean(scores: Iterable[Scores]) -> Scores:
    """Return the mean over recordings of one length."""
    rows = [(one.right, one.wrong, one.unnamed, one.mis) for one in scores]
    return Scores(*(float(column) for column in np.mean(rows, axis=0)))


def _is_name_of(name: str, person: str, meeting: Meeting) -> bool:
    # A voice names by the person's own name, also where the timeline shows a room.
    return name == person or name in meeting.names.get(person, ())
