"""A client of a running engine, with nothing but the standard library."""

import json
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 3600.0


@dataclass(frozen=True, slots=True)
class EngineClient:
    """Asks one engine."""

    url: str

    def health(self) -> dict[str, Any]:
        """Ask for the health, whatever its status."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=10) as answer:  # noqa: S310
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))

    def post(self, path: str, content: bytes) -> dict[str, Any]:
        """Send a recording.

        Raises
        ------
        OSError
            When the engine refuses it or cannot be reached.
        """
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            'filename="recording"\r\n\r\n'
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        request = urllib.request.Request(f"{self.url}{path}", body, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return dict(json.load(answer))

    def speed(self, path: str, content: bytes, seconds: float, requests: int) -> float:
        """Measure seconds of audio a second, with this number of requests under way."""
        begun = time.monotonic()
        with ThreadPoolExecutor(requests) as threads:
            list(threads.map(lambda _: self.post(path, content), range(requests)))
        return seconds * requests / (time.monotonic() - begun)
