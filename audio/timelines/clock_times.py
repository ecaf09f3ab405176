"""Times as exports write them: clock text, ISO 8601, and seconds since 1970."""

import math
import re
from datetime import UTC, datetime

from audio.timelines.export import unexpected

RECORDING_START = "expected ISO 8601 or epoch seconds"
# Later numbers are milliseconds: as seconds they would be in the year 5138.
FIRST_EPOCH_MS = 1e11
# Earlier numbers are relative: as seconds since 1970 they would be before September 2001, and
# as seconds of a meeting they would be 31 years.
FIRST_EPOCH_S = 1e9

# Groups: the sign, hours, minutes, seconds, and the digits of the fraction.
CLOCK = r"(-?)(?:([0-9]{1,9}):)?([0-9]{1,9}):([0-9]{1,9})(?:[.,]([0-9]{1,12}))?"
_CLOCK = re.compile(CLOCK)
_ISO = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:[Tt ]|$)")


def parse_clock(text: str) -> float | None:
    """Return the seconds of `H:M:S.f` or `M:S.f`, with any number of digits; None for others.

    Examples
    --------
    >>> parse_clock("01:02.500"), parse_clock("0:0:5.32"), parse_clock("-00:00:02.120")
    (62.5, 5.32, -2.12)

    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    return clock_seconds(*found.groups())


def clock_seconds(
    sign: str, hours: str | None, minutes: str, seconds: str, fraction: str | None
) -> float:
    """Return the seconds of the five groups of `CLOCK`."""
    whole = int(minutes) * 60 + int(seconds)
    if hours:
        whole += int(hours) * 3600
    value = float(f"{whole}.{fraction}") if fraction else float(whole)
    return -value if sign else value


def parse_iso(text: str) -> float | None:
    """Return the seconds since 1970 of ISO 8601, in UTC where it has no zone; None for others.

    Digits beyond microseconds are ignored.

    Examples
    --------
    >>> parse_iso("1970-01-01T00:01:00.2500000Z"), parse_iso("1970-01-01 02:00:00+02:00")
    (60.25, 0.0)

    """
    stripped = text.strip()
    if not _ISO.match(stripped):
        return None
    try:
        instant = datetime.fromisoformat(stripped.upper())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def parse_recording_start(text: str) -> float:
    """Return the seconds since 1970 of ISO 8601, or of a number of seconds or milliseconds.

    Raises
    ------
    ValueError
    """
    instant = parse_iso(text)
    if instant is None:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        instant = number / 1000 if abs(number) >= FIRST_EPOCH_MS else number
    if not math.isfinite(instant) or not format_instant(instant):
        raise ValueError(f"{RECORDING_START}.")
    return instant


def format_instant(epoch_s: float) -> str:
    """Return ISO 8601 in UTC with milliseconds; empty for an instant outside the calendar."""
    try:
        instant = datetime.fromtimestamp(round(epoch_s, 3), UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def require_clock(value: object, place: str) -> float:
    """Return the seconds of clock text.

    Raises
    ------
    Unreadable
    """
    seconds = parse_clock(value) if isinstance(value, str) else None
    if seconds is None:
        raise unexpected("HH:MM:SS.mmm", value, place=place)
    return seconds


def require_iso(value: object, place: str) -> float:
    """Return the seconds since 1970 of ISO 8601.

    Raises
    ------
    Unreadable
    """
    instant = parse_iso(value) if isinstance(value, str) else None
    if instant is None:
        raise unexpected("a time in ISO 8601", value, place=place)
    return instant


def require_number(value: object, place: str, *, unit: str = "seconds") -> float:
    """Return a finite number.

    Raises
    ------
    Unreadable
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise unexpected(f"finite {unit}", value, place=place)
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
