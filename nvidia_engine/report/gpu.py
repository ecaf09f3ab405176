"""The GPU as NVIDIA's own tool describes it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Between two looks at the memory.
LOOK_S = 0.5


def describe() -> list[str]:
    """Describe each GPU: name, driver, memory; empty where there is no tool."""
    return _ask("name,driver_version,memory.total", "csv,noheader")


class PeakMemory:
    """The most memory that was used on one GPU, by all programs, in MiB; None without a GPU."""

    def __init__(self) -> None:
        self.mb: int | None = None

    def look(self) -> None:
        """Look once."""
        used = [int(line) for line in _ask("memory.used", "csv,noheader,nounits")]
        self.mb = max([*used, *([] if self.mb is None else [self.mb])], default=None)


@contextmanager
def watched_memory() -> Iterator[PeakMemory]:
    """Look at the memory now and then in the block."""
    peak, over = PeakMemory(), threading.Event()

    def watch() -> None:
        peak.look()
        while not over.wait(LOOK_S):
            peak.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _ask(fields: str, form: str) -> list[str]:
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    query = [tool, f"--query-gpu={fields}", f"--format={form}"]
    answer = subprocess.run(query, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.splitlines()
