"""Checkpoints as torch writes them, made here without torch."""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from cpu_engine.conversion.checkpoints import read_tensors

STORED = np.arange(6, dtype="<f4")
# Pickle opcodes for ("storage", torch.FloatStorage, "0", "cpu", 6) as a persistent id.
STORAGE = (
    b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
)


def tensor(offset: int, shape: bytes, strides: bytes) -> bytes:
    """Pickle opcodes of one tensor over that storage."""
    rebuild = b"ctorch._utils\n_rebuild_tensor_v2\n("
    end = b"\x89ccollections\nOrderedDict\n)RtR"
    return rebuild + STORAGE + b"K" + bytes([offset]) + shape + strides + end


def checkpoint(path: Path, value: bytes) -> Path:
    """Write {"weight": value} as a checkpoint."""
    pickled = b"\x80\x02}X\x06\x00\x00\x00weight" + value + b"s."
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/data/0", STORED.tobytes())
    return path


def test_a_tensor_is_read_with_its_offset_shape_and_strides(tmp_path: Path) -> None:
    transposed = tensor(0, b"K\x03K\x02\x86", b"K\x01K\x03\x86")

    tensors = read_tensors(checkpoint(tmp_path / "model.pt", transposed))

    assert tensors["weight"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_a_tensor_outside_its_storage_is_refused(tmp_path: Path) -> None:
    outside = tensor(1, b"K\x06\x85", b"K\x01\x85")

    with pytest.raises(ValueError, match="outside its storage"):
        read_tensors(checkpoint(tmp_path / "model.pt", outside))


def test_nothing_in_the_pickle_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    call = f"cos\nsystem\n(X{chr(len(f'touch {trap}'))}\0\0\0touch {trap}tR".encode()

    tensors = read_tensors(checkpoint(tmp_path / "model.pt", call))

    assert tensors == {}
    assert not trap.exists()


def test_a_state_dict_is_found_inside_a_checkpoint_of_a_trainer(tmp_path: Path) -> None:
    pickled = pickle.dumps({"state_dict": OrderedDict(), "epoch": 3, "path": Path("x")})
    with zipfile.ZipFile(tmp_path / "model.ckpt", "w") as archive:
        archive.writestr("archive/data.pkl", pickled)

    assert read_tensors(tmp_path / "model.ckpt") == {}


def test_a_file_that_is_not_a_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(b"no zip")

    with pytest.raises(ValueError, match="not a torch zip checkpoint"):
        read_tensors(tmp_path / "model.pt")
