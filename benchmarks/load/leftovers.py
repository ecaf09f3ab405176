"""The resources of an idle gateway: memory, processes, threads, connections, files."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

# Idle connections to engines older than this are closed by the next call.
KEPT_S = 5.0


_DECODER = "audio.media.decoders.program"


@dataclass(frozen=True, slots=True)
class Remains:
    """The gateway's processes together, and the files in its folders.

    Decoders are counted apart: the gateway starts them when it needs them, up to DECODERS and one,
    and keeps them.
    """

    memory_mib: float
    processes: int
    threads: int
    connections: int
    files: int
    decoders: int = 0

    def is_no_more_than(self, before: "Remains") -> bool:
        """Whether nothing was added since before; memory is reported with a small delay."""
        return all(now <= was for now, was in zip(self._counts(), before._counts(), strict=True))

    def _counts(self) -> tuple[int, ...]:
        return self.processes, self.threads, self.connections, self.files


def remains(pid: int, *folders: Path) -> Remains:
    """Return the resources at this moment."""
    children = psutil.Process(pid).children(recursive=True)
    decoders = [one for one in children if _DECODER in one.cmdline()]
    family = [psutil.Process(pid), *(one for one in children if one not in decoders)]
    return Remains(
        memory_mib=sum(one.memory_info().rss for one in family) / 2**20,
        processes=len(family),
        threads=sum(one.num_threads() for one in family),
        connections=sum(len(_open(one)) for one in family),
        files=sum(1 for folder in folders for path in folder.rglob("*") if path.is_file()),
        decoders=len(decoders),
    )


def settled(
    look: Callable[[], Remains], is_so: Callable[[Remains], bool], within_s: float
) -> Remains:
    """Return the resources once they are as expected, or after the time limit."""
    deadline = time.monotonic() + within_s
    while not is_so(found := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return found


def _open(process: psutil.Process) -> list[object]:
    """Return connections that are open or not yet closed."""
    return [one for one in process.net_connections("inet") if one.status != psutil.CONN_LISTEN]
