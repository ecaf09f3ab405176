"""The tensors of a torch checkpoint, read from its zip format without torch.

Nothing in the pickle is executed: only tensors and plain containers are rebuilt, every other
class becomes an inert placeholder.

Source: the zip format written by ``torch.save`` (``data.pkl`` and one ``data/<key>`` per
storage, little endian).
"""

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = Mapping[str, NDArray[np.float32]]

STORAGE_DTYPES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "BoolStorage": "?",
    "ByteStorage": "u1",
}


class Placeholder:
    """A placeholder for any object of a foreign class; it accepts every state and stores none."""

    def __new__(cls, *_: object, **__: object) -> "Placeholder":
        return object.__new__(cls)

    def __init__(self, *_: object, **__: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...

    def __setitem__(self, _: object, __: object) -> None: ...

    def append(self, _: object) -> None: ...

    def extend(self, _: object) -> None: ...


def read_tensors(path: Path) -> Tensors:
    """Read the named tensors of a checkpoint, bare or under its ``state_dict``.

    Raises
    ------
    ValueError
        When the file is not a zip checkpoint.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            pickled = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            content = _Reader(archive, pickled.removesuffix("/data.pkl")).load()
    except (zipfile.BadZipFile, StopIteration) as error:
        raise ValueError(f"{path.name} is not a torch zip checkpoint") from error
    tensors = content.get("state_dict", content)
    return {name: value for name, value in tensors.items() if isinstance(value, np.ndarray)}


class _Reader(pickle.Unpickler):
    def __init__(self, archive: zipfile.ZipFile, root: str) -> None:
        super().__init__(archive.open(f"{root}/data.pkl"))
        self._archive = archive
        self._root = root

    def find_class(self, module: str, name: str, /) -> Any:
        if module == "torch" and name in STORAGE_DTYPES:
            return STORAGE_DTYPES[name]
        return _REBUILT.get((module, name), Placeholder)

    def persistent_load(self, pid: tuple[str, str, str, str, int]) -> NDArray[Any]:
        _, dtype, key, _, count = pid
        stored = self._archive.read(f"{self._root}/data/{key}")
        return np.frombuffer(stored, dtype=dtype)[:count]


def _tensor(
    storage: NDArray[Any],
    offset: int,
    shape: Sequence[int],
    strides: Sequence[int],
    *_: object,
) -> NDArray[Any]:
    """Rebuild a tensor from its storage; strides count elements and may not leave it."""
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
    if min(shape, default=1) and not 0 <= min(offset, *strides, last) <= last < len(storage):
        raise ValueError("a tensor of the checkpoint reaches outside its storage")
    in_bytes = [stride * storage.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, in_bytes).copy()


_REBUILT: dict[tuple[str, str], Callable[..., object]] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
}
