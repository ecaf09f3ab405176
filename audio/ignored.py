"""Which fields of a request had no effect: told in a header, so that nobody wonders for long."""

from collections.abc import Iterable
from urllib.parse import quote

HEADER = "x-ignored-params"
LONGEST = 500


def ignored_params(names: Iterable[str]) -> dict[str, str]:
    """The header that lists them, or none when every field had its effect."""
    listed = ", ".join(quote(name, safe="[]_-") for name in dict.fromkeys(names))
    return {HEADER: listed[:LONGEST]} if listed else {}
