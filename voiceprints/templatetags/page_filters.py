"""Template filters for times, similarities and links to blocks."""

from typing import Protocol

from django import template

register = template.Library()
# Enough to know a voice by.
CLIP_MS = 10_000


class PagedBlocks(Protocol):
    """Blocks of a transcript, shown over several pages."""

    def link_to(self, position: int) -> str: ...


@register.filter
def clock(milliseconds: float) -> str:
    """Return `1:02:03`, or `2:03` below an hour."""
    minutes, seconds = divmod(int(milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@register.filter
def clock_s(seconds: float) -> str:
    """Return the same as `clock`, from seconds."""
    return clock(seconds * 1000)


@register.filter
def similarity(cosine: float | None) -> str:
    """Return a cosine with two decimals, or a dash for None."""
    return "–" if cosine is None else f"{cosine:.2f}"  # noqa: RUF001


@register.filter
def percent(share: float) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return f"{share:.0%}".replace("%", " %")


@register.filter
def block_link(position: int, blocks: PagedBlocks) -> str:
    """Return the link to a block, by its position."""
    return blocks.link_to(position)


class Span(Protocol):
    """A part of a recording, in milliseconds."""

    start_ms: int
    end_ms: int


@register.filter
def clip_span(block: Span) -> str:
    """Return the beginning of a block, at most CLIP_MS long, as the query of a clip."""
    end = min(max(block.end_ms, block.start_ms + 1), block.start_ms + CLIP_MS)
    return f"start={block.start_ms / 1000}&end={end / 1000}"
