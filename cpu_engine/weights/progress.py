"""The progress of a download: a bar on a terminal, nothing otherwise."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tqdm import tqdm

Advance = Callable[[int], None]


@contextlib.contextmanager
def progress(what: str, total_bytes: int) -> Iterator[Advance]:
    """Show a bar on a terminal; yield the function that sets how many bytes are done."""
    hidden = not sys.stderr.isatty()
    with tqdm(total=total_bytes, desc=what, unit="B", unit_scale=True, disable=hidden) as bar:

        def advance(done: int) -> None:
            bar.update(max(0, min(done, total_bytes) - bar.n))

        yield advance


def bytes_in(folder: Path) -> int:
    """Sum the sizes of the files in a folder that another process is filling."""
    total = 0
    # Files and folders may vanish meanwhile: os.walk passes over them, Path.rglob does not.
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += Path(parent, name).stat().st_size
    return total
