"""A request body that arrives two bytes at a time."""

import io

from audio.api.uploads.request_body import IncomingBody


class Crumbs(IncomingBody):
    def __init__(self, whole: bytes) -> None:
        self.whole = io.BytesIO(whole)

    def read_available(self, limit: int) -> bytes:
        return self.whole.read(2)
