"""Prepare the models: fetch what is missing, verify it, convert the checkpoints to ONNX.

python -m cpu_engine.models
"""

import sys
from functools import lru_cache
from pathlib import Path

from cpu_engine import settings
from cpu_engine.conversion.products import PRODUCTS, build_missing
from cpu_engine.weights.cache import Cache
from cpu_engine.weights.errors import WeightsError
from cpu_engine.weights.fetching import fetch_missing
from cpu_engine.weights.manifest import Manifest, load_manifest


@lru_cache(maxsize=1)
def manifest() -> Manifest:
    """Read the manifest, with the mirror that the settings name."""
    mirror = {"huggingface": settings.MODELS_HUB_URL} if settings.MODELS_HUB_URL else None
    return load_manifest(hub_urls=mirror)


def cache() -> Cache:
    """Open the folder that the settings name."""
    return Cache(settings.MODELS_DIR)


def product(name: str) -> Path:
    """Say where the converted model of this name is."""
    return PRODUCTS[name].path(manifest(), cache())


def voice_names() -> list[str]:
    """List the voices that can speak."""
    files = manifest().model("kokoro-82m-v1.0-int8").files
    return [Path(file.path).stem for file in files if file.path.endswith(".bin")]


def prepared() -> bool:
    """Whether every model is here, by names and sizes only, so that health checks can ask."""
    known, here = manifest(), cache()
    fetched = all(here.holds(file) for model in known.models for file in model.files)
    return fetched and all(item.path(known, here).exists() for item in PRODUCTS.values())


def main() -> int:
    """Run the command; 0 when every model is ready."""
    try:
        fetch_missing(manifest(), cache(), settings.MODELS_SOURCE, report=print)
        build_missing(manifest(), cache(), report=print)
    except WeightsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The models are ready in {settings.MODELS_DIR}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
