"""Which device the models run on, found without touching it."""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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


def candidates(asked: str) -> list[str]:
    """List the devices to try, best first, for the setting DEVICE.

    Raises
    ------
    ValueError
        When CUDA is asked for and missing.
    """
    if asked == "cpu":
        return ["cpu"]
    missing = cuda_missing()
    if asked == "cuda":
        if missing:
            raise ValueError(f"DEVICE=cuda: {missing}")
        return ["cuda"]
    return ["cpu"] if missing else ["cuda", "cpu"]
