"""What the reader of a result should know before trusting it."""

from collections.abc import Iterable

from audio.merge.values import Notice

Json = dict[str, object]
LONGEST_HEADER = 1000


def warnings_json(notices: Iterable[Notice]) -> Json:
    """The field `warnings`, where there are any."""
    listed = [{"code": notice.code, "message": notice.message} for notice in notices]
    return {"warnings": listed} if listed else {}


def warnings_line(notices: Iterable[Notice]) -> str:
    """All of them in one line of ASCII, for a format that has no place for them."""
    line = " ".join(f"{notice.code}: {notice.message}" for notice in notices)
    return line.encode("ascii", "replace").decode()[:LONGEST_HEADER]
