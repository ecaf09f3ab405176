"""The terminal side of a command: its help, its lines of output, and the signals that stop it."""

import os
import signal
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    OutputWrapper,
)

from audio.api.listening_server import parse_bind
from audio.archive.archive_progress import StopRequest

WriteLine = Callable[[str], object]
SIGNALS = (signal.SIGINT, signal.SIGTERM)
_STOPPING = (
    b"\nStopping: no further recording is begun, and engine calls under way are completed. "
    b"A second signal exits immediately.\n"
)
_SHOW_CURSOR = b"\033[?25h"


class CommandWithExamples(BaseCommand):
    """A command whose help keeps its line breaks, so that each example has its own line."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs.setdefault("formatter_class", RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **kwargs)


def read_bind(bind: str) -> tuple[str, int]:
    """Return the host and the port of the argument --bind.

    Raises
    ------
    CommandError
    """
    try:
        return parse_bind(bind)
    except ValueError as error:
        raise CommandError(f"--bind: {error}", returncode=2) from None


def write_line(out: OutputWrapper, line: str) -> bool:
    """Write and flush a line; return False if the reader has closed the pipe, as `head` does."""
    try:
        out.write(line)
        out.flush()
    except BrokenPipeError:
        # Python flushes what remains when it exits, and would report the same error again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        return False
    return True


def line_writer(out: OutputWrapper, stop: StopRequest) -> WriteLine:
    """Return a function that writes lines, and requests a stop when the pipe is closed."""

    def write(line: str) -> None:
        if not write_line(out, line):
            stop.request("the reader of its output has gone")

    return write


@contextmanager
def stopped_by_signals(stop: StopRequest) -> Iterator[None]:
    """Request a stop at the first signal inside the block, and exit at the second."""
    arrived: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        if arrived:
            _exit_immediately(number)
        arrived.append(number)
        stop.request(signal.Signals(number).name)
        # Not through a stream: the signal may interrupt another write to it.
        os.write(2, _STOPPING)

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        # After a signal the process may still wait for engine calls: a second one ends that too.
        if not arrived:
            for number, handler in before.items():
                signal.signal(number, handler)


def _exit_immediately(number: int) -> NoReturn:
    if sys.stdout.isatty():
        os.write(1, _SHOW_CURSOR)
    os._exit(128 + number)
