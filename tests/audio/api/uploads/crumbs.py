"""A request body that arrives two bytes at a time."""

import io


class Crumbs:
    def __init__(self, whole: bytes) -> None:
        self.whole = io.BytesIO(whole)

    def read1(self, size: int, /) -> bytes:
        return self.whole.read(2)
