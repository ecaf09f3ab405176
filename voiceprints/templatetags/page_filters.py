"""How times, similarities and links to blocks stand on a page."""

from typing import Protocol

from django import template

register = template.Library()


class PagedBlocks(Protocol):
    """Blocks of a transcript, shown over several pages."""

    def link_to(self, position: int) -> str: ...


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
def block_link(position: int, blocks: PagedBlocks) -> str:
    """Return the link to a block, by its position."""
    return blocks.link_to(position)
