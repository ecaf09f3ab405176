"""A recording on its way to an engine."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx

READ_BYTES = 1024 * 1024
SMALL_BYTES = 16 * 1024


class LargeReads(io.FileIO):
    """A file as long as it was when it was opened, read 1 MiB at a time.

    httpx asks for 64 KiB, which is most of an upload's cost; and a recording that is still being
    written would be longer than its announced length.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._size = super().seek(0, io.SEEK_END)
        self.seek(0)

    def fileno(self) -> int:
        """None, so that nobody asks the system how long the file has become."""
        raise io.UnsupportedOperation("fileno")

    def read(self, size: int | None = -1, /) -> bytes:
        left = self._size - self.tell()
        block = super().read(min(READ_BYTES, left))
        if left and not block:
            raise OSError("the recording was cut while it was read")
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:
            return super().seek(self._size + offset)
        return super().seek(offset, whence)


class Gathered(httpx.SyncByteStream):
    """A body whose small pieces go together: each would be a call to the system of its own.

    httpx gives the head, the value and the end of each form field as a piece.
    """

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        small = bytearray()
        for piece in self._stream:
            if len(piece) < SMALL_BYTES:
                small += piece
                continue
            if small:
                yield bytes(small)
                small.clear()
            yield piece
        if small:
            yield bytes(small)

    def close(self) -> None:
        self._stream.close()
