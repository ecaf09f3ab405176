"""On which processor do the threads of the gateway run?

Threads of one Python interpreter take turns. On several processors each turn wakes another one,
and what the last has in its cache is of no use there: sixteen uploads at once take half as long
again as on one. Whatever is not Python's, decoders and engines, stays free to run anywhere.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CAPACITY = "/sys/devices/system/cpu/cpu{}/cpu_capacity"


def chosen(wanted: str) -> set[int]:
    """The processors that threads shall run on: `auto` is one of the fastest, `any` all.

    Otherwise it is a number; an invalid one, which `audio.api.system_checks` reports, leaves all.
    """
    allowed = os.sched_getaffinity(0)
    if wanted == "any":
        return allowed
    if wanted != "auto":
        return allowed & {int(wanted)} or allowed
    fastest = max(map(_capacity, allowed))
    fast = sorted(number for number in allowed if _capacity(number) == fastest)
    # Gateways of one host spread by themselves.
    return {fast[os.getpid() % len(fast)]}


def stay_on(processors: set[int]) -> None:
    """Have this thread run there alone; anywhere where these were taken from the gateway since."""
    with suppress(OSError):
        os.sched_setaffinity(0, processors)


def all_of_ours() -> set[int]:
    """Where the gateway may run: its first thread stays nowhere."""
    return os.sched_getaffinity(os.getpid())


@contextmanager
def anywhere() -> Iterator[None]:
    """Have this thread run on all processors: of what only copies, several do more than one."""
    stayed = os.sched_getaffinity(0)
    stay_on(all_of_ours())
    try:
        yield
    finally:
        stay_on(stayed)


def _capacity(number: int) -> int:
    """How fast a processor is; where nobody says so, all are alike."""
    try:
        return int(Path(_CAPACITY.format(number)).read_text())
    except (OSError, ValueError):
        return 0
