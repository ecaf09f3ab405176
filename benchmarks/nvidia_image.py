"""An estimate of the NVIDIA engine's image size from its wheels' sizes, without a download.

.venv/bin/python -m benchmarks.nvidia_image
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PINS = Path(__file__).resolve().parents[1] / "requirements" / "nvidia_engine.txt"
UV = Path(sys.executable).with_name("uv")
MACHINES = ("x86_64", "aarch64")
PROJECT = """\
[project]
name = "image"
version = "0"
requires-python = ">=3.11,<3.13"
dependencies = {pins}
"""
# Wheels that Python 3.12 takes.
TAGS = re.compile(r"-(cp312-cp312|cp3\d+-abi3|py3-none|py2\.py3-none)-")
MEGABYTE = 1_000_000
LARGE = 20 * MEGABYTE
# Debian and Python, and how much larger libraries are than their wheels: assumptions.
BASE_GB, LEAST_FACTOR, MOST_FACTOR = 0.15, 1.4, 1.7


def main() -> int:
    """Print the sizes for both architectures."""
    argparse.ArgumentParser(prog="benchmarks.nvidia_image", description=__doc__).parse_args()
    hashes = set(re.findall(r"--hash=(sha256:\w+)", PINS.read_text()))
    packages = _locked()
    print("| | wheels | of them | image, estimated |\n| --- | --- | --- | --- |")
    for machine in MACHINES:
        sizes = dict(_wheels(packages, machine, hashes))
        total = sum(sizes.values())
        large = sorted((size, name) for name, size in sizes.items() if size > LARGE)
        listed = ", ".join(f"{name} {size / MEGABYTE:.0f} MB" for size, name in reversed(large))
        least, most = (BASE_GB + total * times / 1e9 for times in (LEAST_FACTOR, MOST_FACTOR))
        print(f"| {machine} | {total / 1e9:.2f} GB | {listed} | {least:.1f} to {most:.1f} GB |")
    return 0


def _locked() -> list[dict[str, Any]]:
    """Ask the package index for the sizes of what is pinned."""
    pins = re.findall(r"^([\w.-]+==[\w.+]+)", PINS.read_text(), re.MULTILINE)
    with TemporaryDirectory() as folder:
        (Path(folder) / "pyproject.toml").write_text(PROJECT.format(pins=pins))
        # The versions are chosen already, whatever this Python is.
        command = [str(UV), "lock", "--quiet", "--no-python-downloads", "--python", sys.executable]
        subprocess.run(command, cwd=folder, check=True)  # noqa: S603 — our own tool
        return list(tomllib.loads((Path(folder) / "uv.lock").read_text())["package"])


def _wheels(
    packages: list[dict[str, Any]], machine: str, hashes: set[str]
) -> Iterator[tuple[str, int]]:
    """Yield the pinned wheel of each package that fits a machine, and its bytes."""
    for package in packages:
        fitting = [
            wheel["size"]
            for wheel in package.get("wheels", [])
            if wheel["hash"] in hashes and _fits(wheel["url"], machine)
        ]
        if fitting:
            yield package["name"], max(fitting)


def _fits(url: str, machine: str) -> bool:
    is_ours = "-none-any" in url or ("manylinux" in url and machine in url)
    return is_ours and bool(TAGS.search(url))


if __name__ == "__main__":
    raise SystemExit(main())
