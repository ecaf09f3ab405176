"""What an operator is told of an archive: a line for each recording, and how it ended."""

from collections.abc import Iterable, Sequence

from audio.archive.follower import How, Outcome
from audio.archive.inventory import Finds, Found
from audio.management.console import Say
from audio.merge.name_spelling import readable

WIDTH = 44
_ROWS: tuple[tuple[How, str], ...] = (
    ("done", "done"),
    ("to do", "to do"),
    ("copied", "copied"),
    ("there", "there already"),
    ("failed", "failed"),
)


class Lines:
    """Follows an archive where nobody looks on: a line for each recording when it has ended."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def begins(self, found: Found) -> None:
        """Nothing to say yet."""

    def advances(self, found: Found, share: float) -> None:
        """Nothing to say yet."""

    def stops(self, found: Found) -> None:
        """It is among those that are left."""

    def ends(self, outcome: Outcome, found: Found | None) -> None:
        self._say(line_of(outcome))


def line_of(outcome: Outcome) -> str:
    """What became of a recording."""
    return f"{outcome.how:<7} {readable(outcome.name):<{WIDTH}} {_more(outcome)}".rstrip()


def _more(outcome: Outcome) -> str:
    if outcome.how == "failed" or outcome.how == "copied":
        return readable(outcome.reason)
    if not outcome.took_s:
        return clock(outcome.audio_s)
    fast = _times(outcome.audio_s / outcome.took_s)
    told = f"{clock(outcome.audio_s)} in {clock(outcome.took_s)}, {fast}"
    return "; ".join([told, *outcome.warnings])


def found_line(finds: Finds) -> str:
    """What was found."""
    seconds = sum(found.seconds or 0.0 for found in finds.recordings)
    told = f"{_counted(len(finds.recordings), 'recording')}, {clock(seconds)} of audio"
    if finds.passed_over:
        told += f"; {_counted(finds.passed_over, 'other file')} passed over"
    return f"{told}."


def loop_lines(finds: Finds) -> list[str]:
    """The folders that were not searched, because they were already."""
    return [
        f"{'loop':<7} {readable(str(folder)):<{WIDTH}} leads to a folder that is searched already."
        for folder in finds.loops
    ]


def counts(outcomes: Sequence[Outcome], *, left: int = 0) -> list[str]:
    """A table: how many recordings, and how much audio."""
    rows = [
        (title, [outcome for outcome in outcomes if outcome.how == how]) for how, title in _ROWS
    ]
    return [
        f"{'':<14}{'recordings':>11}{'audio':>11}",
        *(
            _row(title, len(some), sum(one.audio_s for one in some))
            for title, some in rows
            if some
        ),
        *([_row("left", left, 0.0)] if left else []),
    ]


def summary(outcomes: Sequence[Outcome], *, left: int, took_s: float) -> list[str]:
    """How it ended, and how fast it was."""
    heard_s = sum(outcome.audio_s for outcome in outcomes if outcome.how == "done")
    fast = f": {_times(heard_s / took_s)}" if heard_s else ""
    ended = f"{clock(heard_s)} of audio heard in {clock(took_s)}{fast}."
    return [*counts(outcomes, left=left), ended]


def estimate(seconds: float, measured: float | None, assumed: float) -> str:
    """How long it would take, and how that is known."""
    how = "as measured here" if measured else "assumed: nothing was measured here yet"
    return f"About {clock(seconds)} at {_times(measured or assumed)} ({how})."


def failures(outcomes: Iterable[Outcome]) -> list[str]:
    """A line for each recording that failed."""
    return [line_of(outcome) for outcome in outcomes if outcome.how == "failed"]


def clock(seconds: float) -> str:
    """Hours, minutes, seconds."""
    minutes, second = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{second:02}"


def _times(speed: float) -> str:
    return f"{speed:.1f} × real time"  # noqa: RUF001


def _row(title: str, count: int, seconds: float) -> str:
    return f"{title:<14}{count:>11}{clock(seconds) if seconds else '':>11}".rstrip()


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
