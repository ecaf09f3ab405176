"""How times, similarities and links to blocks stand on a page."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template

if TYPE_CHECKING:
    from voiceprints.admin.transcript_page import TranscriptPage

register = template.Library()


@register.filter
def clock(milliseconds: float) -> str:
    """`1:02:03`, or `2:03` where there are no hours."""
    minutes, seconds = divmod(int(milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def clock_s(seconds: float) -> str:
    """The same, from seconds."""
    return clock(seconds * 1000)


@register.filter
def likeness(similarity: float | None) -> str:
    """A cosine with two decimals; a dash where there is nothing to compare."""
    return "–" if similarity is None else f"{similarity:.2f}"  # noqa: RUF001


@register.filter
def place(position: int, page: "TranscriptPage") -> str:
    """Where a block stands: on this page, or on another."""
    sheet = position // page.blocks_per_page + 1
    if sheet == page.sheet.number:
        return f"#block-{position}"
    query = urlencode({"page": sheet, **({"words": page.words} if page.words else {})})
    return f"?{query}#block-{position}"
