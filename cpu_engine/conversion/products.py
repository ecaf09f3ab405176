"""The ONNX files, each with the checkpoint it is made from and a version in its name."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from cpu_engine.weights.cache import Cache
from cpu_engine.weights.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Product:
    """An ONNX file built from one checkpoint; raise `revision` when the builder changes."""

    checkpoint: str
    builder: str
    revision: int

    def path(self, manifest: Manifest, cache: Cache) -> Path:
        identity = f"{manifest.file(self.checkpoint).sha256}:{self.builder}:{self.revision}"
        key = hashlib.sha256(identity.encode()).hexdigest()[:12]
        return cache.path(f"{Path(self.checkpoint).parent}/model-{key}.onnx")


PRODUCTS = {
    "segmentation": Product("segmentation-3.0/pytorch_model.bin", "pyannet", revision=1),
    "fingerprints": Product("campplus/campplus_cn_en_common.pt", "campplus", revision=1),
}


def build_missing(manifest: Manifest, cache: Cache, report: Callable[[str], None]) -> None:
    """Build what the cache lacks."""
    missing = [item for item in PRODUCTS.values() if not item.path(manifest, cache).exists()]
    if not missing:
        return
    with cache.locked() as staging:
        for item in missing:
            staged = staging / "model.onnx"
            # Imported here because the onnx package is large and a second run needs none of it.
            builder = import_module(f"cpu_engine.conversion.{item.builder}")
            builder.build(cache.path(item.checkpoint), staged)
            os.replace(staged, item.path(manifest, cache))
            report(f"{item.checkpoint}: converted to ONNX")
