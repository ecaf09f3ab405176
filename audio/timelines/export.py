"""The value that every reader of a timeline returns, and the error for what none can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audio.merge.values import Span

MAX_BYTES = 32 * 1024 * 1024
MAX_ENTRIES = 200_000
MAX_PEOPLE = 2000


class Unreadable(ValueError):
    """A timeline that cannot be read.

    The message has the place, what was expected and the kind of what was sent; it never has a
    name, a line or a value of the timeline.
    """

    def __init__(self, problem: str, *, place: str = "") -> None:
        self.problem, self.place = problem, place
        super().__init__(f"timeline{place}: {problem}")

    def describe(self, name: str) -> str:
        """Return the message with the name of the field or of the file in front."""
        return f"{name}{self.place}: {self.problem}"


def unexpected(expected: str, got: object, *, place: str = "") -> Unreadable:
    """Return the error for a value of the wrong kind."""
    return Unreadable(f"expected {expected}; got {kind_of(got)}.", place=place)


def at_most(limit: str) -> Unreadable:
    """Return the error for a timeline over a limit."""
    return Unreadable(f"expected at most {limit}.")


def kind_of(value: object) -> str:
    """Return the kind of a value of JSON, in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str() | bytes():
            return "a text"
        case list():
            return "a list"
    return "an object"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name that an export shows as speaking, in seconds of the export's own clock.

    Without an `end` the entry lasts until the recording ends, 60 s at most. A `stable_id` is one
    account in every meeting, a `session_id` one connection to this meeting. A `room` is a device
    that several people share. `text` is what the export says was said.
    """

    start: float
    end: float | None
    name: str
    stable_id: str = ""
    session_id: str = ""
    room: bool = False
    text: str = ""
    confidence: float = 1.0

    def between(self, start: float, end: float | None) -> "Entry":
        """Return the entry with other times."""
        # `dataclasses.replace` takes ten times as long, and exports have 200,000 entries.
        return Entry(
            start,
            end,
            self.name,
            self.stable_id,
            self.session_id,
            self.room,
            self.text,
            self.confidence,
        )


@dataclass(frozen=True, slots=True)
class Stay:
    """The time from join to leave of one session; no `end` where the export has no leave."""

    session_id: str
    start: float
    end: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The entries of an export, and what its format says of their clock.

    `zero` is the instant of time 0, in seconds since 1970: None for relative times only.
    `recording_zero` is when the recording began, if the export says so. `is_zero_estimated`:
    time 0 is only that of the first entry. `is_start_unused`: the start of the recording was
    given, and the export has relative times only. `pauses` are stretches that a published
    recording may lack, and `length_s` is the length of the unpublished one. `is_captions`: its
    times are those of captions. `dropped` counts the entries that were left out, by reason;
    `nobody` says why this format may have no names.
    """

    format: str
    entries: tuple[Entry, ...]
    zero: float | None = None
    recording_zero: float | None = None
    is_zero_estimated: bool = False
    is_start_unused: bool = False
    stays: tuple[Stay, ...] = ()
    pauses: tuple[Span, ...] = ()
    length_s: float | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)
    is_captions: bool = False
    nobody: str = "no entry has a name."
