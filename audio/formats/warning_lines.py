"""The facts beside a result: warnings and corrections, as JSON fields or in one line."""

from collections.abc import Iterable

from audio.merge.values import Correction, Notice, Word

Json = dict[str, object]
LONGEST_HEADER = 1000


def warnings_json(notices: Iterable[Notice]) -> Json:
    """Return the field `warnings`; no field without warnings."""
    listed = [{"code": notice.code, "message": notice.message} for notice in notices]
    return {"warnings": listed} if listed else {}


def interpolated_json(words: Iterable[Word]) -> Json:
    """Return the field `words_interpolated`; no field where the engine gave all times."""
    return {"words_interpolated": True} if any(word.is_estimated for word in words) else {}


def corrections_json(corrections: Iterable[Correction]) -> Json:
    """Return the field `corrections`; no field where no spelling was corrected."""
    listed = [{"from": one.heard, "to": one.term, "start_ms": one.start_ms} for one in corrections]
    return {"corrections": listed} if listed else {}


def warnings_line(notices: Iterable[Notice]) -> str:
    """Return all warnings in one line of ASCII, cut to the length of a header."""
    line = " ".join(f"{notice.code}: {notice.message}" for notice in notices)
    return line.encode("ascii", "replace").decode()[:LONGEST_HEADER]
