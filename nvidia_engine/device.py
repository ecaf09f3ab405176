"""The device that the models run on, found without opening it."""

import contextlib
import logging
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

logger = logging.getLogger(__name__)

_DRIVER = Path("/proc/driver/nvidia/version")
_DEVICES = Path("/dev")


@dataclass(frozen=True, slots=True)
class Device:
    """Where the graphs run: `cuda` or `cpu`, and how much of it."""

    name: str
    number: int = 0
    memory_limit_mb: int = 0
    threads: int = 0

    @property
    def dtype(self) -> str:
        """Parakeet's own: the CUDA provider has no int8 kernels, a CPU is quicker with them."""
        return "fp32" if self.name == "cuda" else "int8"


def cuda_missing() -> str | None:
    """Say what CUDA lacks here, the provider or the device; None when it may be tried."""
    try:
        version("onnxruntime-gpu")
    except PackageNotFoundError:
        return "there is no CUDA provider (onnxruntime-gpu is not installed)"
    if not _DRIVER.exists() and not list(_DEVICES.glob("nvidia[0-9]*")):
        return "there is no CUDA device"
    return None


def candidates(asked: str, dtype: str) -> list[str]:
    """List the devices to try, best first, for the settings DEVICE and ASR_DTYPE.

    Raises
    ------
    ValueError
        When CUDA is asked for and missing, or asked for numbers that it cannot use.
    """
    if asked == "cpu":
        return ["cpu"]
    missing = cuda_missing()
    if dtype == "int8":
        missing = "ASR_DTYPE=int8 is for the CPU: the CUDA provider has no int8 kernels"
    if asked == "cuda":
        if missing:
            raise ValueError(f"DEVICE=cuda: {missing}")
        return ["cuda"]
    if missing:
        logger.warning("DEVICE=auto: %s; THE MODELS RUN ON THE CPU", missing)
        return ["cpu"]
    return ["cuda", "cpu"]


def versions() -> dict[str, str]:
    """List the versions that results depend on."""
    found = {"python": platform.python_version()}
    for package in ("onnxruntime-gpu", "onnxruntime", "numpy"):
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
