"""The processor that the threads of the gateway run on.

Threads of one Python interpreter take turns. On several processors each turn wakes another
processor, whose cache is cold: sixteen simultaneous uploads take 1.5 times as long as on one.
Other programs, the decoders and engines, remain free to run anywhere.
"""

import os
from contextlib import suppress
from pathlib import Path

CAPACITY_FILE = "/sys/devices/system/cpu/cpu{}/cpu_capacity"


def choose_processors(wanted: str) -> set[int]:
    """Return the processors that threads shall run on: `auto` is one of the fastest, `any` all.

    Any other value is a number. An invalid one, which `audio.api.system_checks` reports, allows
    all.
    """
    allowed = os.sched_getaffinity(0)
    if wanted == "any":
        return allowed
    if wanted != "auto":
        return allowed & {int(wanted)} or allowed
    fastest = max(map(_capacity, allowed))
    fast = sorted(number for number in allowed if _capacity(number) == fastest)
    # Several gateways on one host spread over the processors.
    return {fast[os.getpid() % len(fast)]}


def bind_thread(processors: set[int]) -> None:
    """Bind this thread to these processors; not if they were taken from the gateway since."""
    with suppress(OSError):
        os.sched_setaffinity(0, processors)


def allowed_processors() -> set[int]:
    """Return where the gateway may run: its first thread is bound to no processor."""
    return os.sched_getaffinity(os.getpid())


def _capacity(number: int) -> int:
    """Return how fast a processor is; 0 for all where the system does not report it."""
    try:
        return int(Path(CAPACITY_FILE.format(number)).read_text())
    except (OSError, ValueError):
        return 0
