"""The manifest of the models, and the lock of what was fetched first where a hash was unknown."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).with_name("models.json")
LOCK = "models.lock.json"


class WeightsRefused(Exception):
    """Files that are missing, cannot be fetched, or are not those that were meant."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file: its name, where it is, its size and hash (None where none is known)."""

    name: str
    url: str
    licence: str
    dtype: str | None
    size: int | None
    sha256: str | None


def load_manifest(hub: str, path: Path = MANIFEST) -> dict[str, list[WeightFile]]:
    """Read the files of each model, with the hub's address put in.

    Raises
    ------
    WeightsRefused
        When it cannot be read, or has another shape than models.json.
    """
    try:
        models = json.loads(path.read_text())
        return {name: _files(model, hub) for name, model in models.items()}
    except OSError as error:
        raise WeightsRefused(f"the manifest {path} cannot be read: {error.strerror}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WeightsRefused(
            f"the manifest {path} is not one: expected models with licence, source and files, "
            "each with name, dtype, bytes and sha256, as in nvidia_engine/weights/models.json"
        ) from error


def _files(model: dict[str, Any], hub: str) -> list[WeightFile]:
    return [
        WeightFile(
            file["name"],
            f"{model['source'].format(hub=hub)}/{file['name']}",
            model["licence"],
            file["dtype"],
            file["bytes"],
            file["sha256"],
        )
        for file in model["files"]
    ]


def choose_files(
    manifest: dict[str, list[WeightFile]], dtype: str, diarizer: str
) -> list[WeightFile]:
    """Choose the files of one dtype of Parakeet, one diarizer, and TitaNet.

    Raises
    ------
    WeightsRefused
        When the manifest has no such model, or no Parakeet of this dtype.
    """
    if missing := [name for name in ("words", diarizer, "voices") if name not in manifest]:
        raise WeightsRefused(f"the manifest has no model {', '.join(missing)}")
    dtypes = {file.dtype for file in manifest["words"]}
    if dtypes != {None} and dtype not in dtypes:
        known = ", ".join(sorted(filter(None, dtypes)))
        raise WeightsRefused(f"the manifest has no Parakeet in {dtype}; it has {known}")
    chosen = [*manifest["words"], *manifest[diarizer], *manifest["voices"]]
    return [file for file in chosen if file.dtype in (None, dtype)]


def read_lock(folder: Path) -> dict[str, str]:
    """Read the hashes of what was fetched where the manifest has none: name → sha256.

    Raises
    ------
    WeightsRefused
        When there is a lock that cannot be read.
    """
    try:
        locked: dict[str, str] = json.loads((folder / LOCK).read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise WeightsRefused(f"{LOCK} cannot be read: expected file names and hashes") from error
    return locked


def write_lock(folder: Path, locked: dict[str, str]) -> None:
    """Write the lock, to be reviewed and committed."""
    draft = folder / f"{LOCK}.part"
    draft.write_text(json.dumps(locked, indent=1, sort_keys=True) + "\n")
    draft.replace(folder / LOCK)


def with_lock(file: WeightFile, locked: dict[str, str]) -> WeightFile:
    """Give a file without a hash the one it was locked to."""
    return file if file.sha256 else replace(file, sha256=locked.get(file.name))
