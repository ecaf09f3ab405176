"""What a command says, at once, and as long as anybody reads it."""

import os
from collections.abc import Callable

from django.core.management.base import OutputWrapper

from audio.archive.follower import Stop

Say = Callable[[str], object]


def said(out: OutputWrapper, line: str) -> bool:
    """Write a line; whether somebody reads it, which behind `| head` may be nobody."""
    try:
        out.write(line)
        out.flush()
    except BrokenPipeError:
        # Python writes what is left when it ends, and would complain of the same.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        return False
    return True


def saying(out: OutputWrapper, stop: Stop) -> Say:
    """Say lines, and begin nothing new once nobody reads them."""

    def say(line: str) -> None:
        if not said(out, line):
            stop.now("nobody reads what it says")

    return say
