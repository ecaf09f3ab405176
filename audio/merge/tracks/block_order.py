"""How the blocks of two tracks become one transcript."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from audio.merge.values import Block

SAME_MOMENT_MS = 500


def interleave(mine: Sequence[Block], theirs: Sequence[Block]) -> tuple[Block, ...]:
    """Tell in what order the blocks of the mic and the system track were said.

    A user who dialled in twice is heard on both tracks: blocks of one name that say the same, but
    for case and punctuation, and start within 0.5 s of each other appear once, from the mic track.

    Parameters
    ----------
    mine, theirs
        Blocks of the mic and of the system track, each sorted by start, with names for speakers.

    Returns
    -------
    tuple of Block
        Sorted by start; of blocks that start together the mic's come first.

    Examples
    --------
    >>> twice = [Block(1000, 1500, "Sam", "Hello.")], [Block(1200, 1700, "Sam", "hello")]
    >>> interleave(*twice)
    (Block(start_ms=1000, end_ms=1500, speaker='Sam', text='Hello.'),)

    """
    said: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for block in mine:
        said[block.speaker, _sound(block.text)].append(block.start_ms)

    def is_echo(block: Block) -> bool:
        starts = said.get((block.speaker, _sound(block.text)), [])
        nearest = bisect_left(starts, block.start_ms - SAME_MOMENT_MS)
        return nearest < len(starts) and starts[nearest] <= block.start_ms + SAME_MOMENT_MS

    heard = [*mine, *(block for block in theirs if not is_echo(block))]
    return tuple(sorted(heard, key=lambda block: block.start_ms))


def _sound(text: str) -> str:
    """Return the text without case and punctuation, on which two tracks rarely agree."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text
