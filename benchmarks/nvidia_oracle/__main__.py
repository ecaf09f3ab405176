"""Compare the NVIDIA engine with NeMo and transformers, on twins built anew.

    make oracle

It needs requirements/nvidia_oracle.in, about 2.3 GB. The exit status is 1 when a figure is not as
it has to be. With --write, the twins and the reference numbers of the tests are replaced.
"""

import argparse
import hashlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.nvidia_oracle import nemo_export, nemo_twins, nemotron_twin
from benchmarks.nvidia_oracle.comparison import Finding, at_most, compare, open_graphs
from benchmarks.nvidia_oracle.mutants import notice_mutants
from benchmarks.nvidia_oracle.reference import Reference, compute_reference, load_oracle

TINY = Path(__file__).resolve().parents[2] / "tests/nvidia_engine/data/tiny"
# What the exports are called among the tests' data.
COMMITTED = {
    "encoder-model.onnx": "encoder-model.onnx",
    "decoder_joint-model.onnx": "decoder_joint-model.onnx",
    "vocab.txt": "vocab.txt",
    nemo_export.SORTFORMER: "sortformer.onnx",
    nemo_export.TITANET: "titanet.onnx",
    "nemotron3.onnx": "nemotron3.onnx",
}


def main() -> int:
    """Build, compare, and print one line for each figure."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.nvidia_oracle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, default=Path("var/nvidia-oracle"))
    parser.add_argument("--write", action="store_true", help="replace the tests' data")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    failed = 0
    for finding in findings(options.folder, is_written=options.write):
        failed += not finding.is_met
        print(
            f"{'ok ' if finding.is_met else 'NOT'}  {finding.what}: {finding.figure}", flush=True
        )
    return 1 if failed else 0


def findings(folder: Path, *, is_written: bool) -> Iterator[Finding]:
    """Build the twins, and find out everything about them."""
    exported = folder / "onnx"
    nemo_twins.build_twins(folder / "nemo")
    nemo_export.export(folder / "nemo", exported)
    nemotron = nemotron_twin.build_twin()
    nemotron_twin.export(nemotron, exported / "nemotron3.onnx")
    oracle = load_oracle(folder / "nemo", nemotron)
    expected = compute_reference(oracle)
    if is_written:
        _write(exported, expected)
    yield from _committed(exported, expected)
    graphs = open_graphs(exported, exported / "nemotron3.onnx")
    yield from compare(graphs, oracle, expected)
    yield from notice_mutants(graphs, oracle.samples, expected)


def _committed(exported: Path, expected: Reference) -> Iterator[Finding]:
    """Find whether the tests' data are these twins and these answers."""
    for name, kept in COMMITTED.items():
        is_same = _sha256(exported / name) == _sha256(TINY / kept)
        yield Finding(f"committed {kept}", "these bytes" if is_same else "other bytes", is_same)
    with np.load(TINY / "reference.npz") as committed:
        for name, theirs in expected.items():
            off = float(np.abs(committed[name].astype(np.float64) - theirs).max())
            # Stored in 16 bits, so that it stays small.
            limit = 5e-4 if name == "nemotron_activity" else 2e-5
            yield at_most(f"committed {name}", off, limit)


def _write(exported: Path, expected: Reference) -> None:
    for name, kept in COMMITTED.items():
        shutil.copyfile(exported / name, TINY / kept)
    small: dict[str, Any] = dict(expected)
    small["nemotron_activity"] = expected["nemotron_activity"].astype(np.float16)
    np.savez_compressed(TINY / "reference.npz", **small)
    listed = sorted(path for path in TINY.iterdir() if path.is_file() and path.suffix)
    text = "".join(f"{_sha256(path)}  {path.name}\n" for path in listed)
    (TINY / "SHA256SUMS").write_text(text)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
