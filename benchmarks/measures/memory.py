"""How much memory do processes have, and how much had they at most?"""

from collections.abc import Sequence
from pathlib import Path

import psutil

KIBIBYTE = 1024


def family_of(pid: int) -> list[int]:
    """A process and all that it started."""
    process = psutil.Process(pid)
    return [one.pid for one in (process, *process.children(recursive=True))]


def forget_peaks(pids: Sequence[int]) -> None:
    """Count anew from now on."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mib(pids: Sequence[int]) -> float:
    """The highest resident memory of each, since it was last forgotten, added up."""
    return sum(_kib(pid, "VmHWM") for pid in pids) / KIBIBYTE


def resident_mib(pids: Sequence[int]) -> float:
    """What they hold now, added up."""
    return sum(_kib(pid, "VmRSS") for pid in pids) / KIBIBYTE


def _kib(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
