"""Resident memory of processes, now and at its peak."""

from collections.abc import Sequence
from pathlib import Path

import psutil

KIBIBYTE = 1024


def process_tree(pid: int) -> list[int]:
    """Return a process and its descendants."""
    process = psutil.Process(pid)
    return [one.pid for one in (process, *process.children(recursive=True))]


def reset_peaks(pids: Sequence[int]) -> None:
    """Reset the recorded peaks."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mib(pids: Sequence[int]) -> float:
    """Return the sum of the peaks since the last reset, in MiB."""
    return sum(_kib(pid, "VmHWM") for pid in pids) / KIBIBYTE


def resident_mib(pids: Sequence[int]) -> float:
    """Return the sum of the resident memory, in MiB."""
    return sum(_kib(pid, "VmRSS") for pid in pids) / KIBIBYTE


def _kib(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
