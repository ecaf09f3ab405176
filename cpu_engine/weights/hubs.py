"""Files from an upstream hub, by URL; a hub that does not answer is not asked again."""

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from cpu_engine.weights.errors import SourceFailed
from cpu_engine.weights.manifest import HubFile
from cpu_engine.weights.progress import progress

# Without a route to a hub a fetch should not take long to find that out.
CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 60.0
READ_BYTES = 1 << 20


class _Connection(http.client.HTTPSConnection):
    """Connects within the short timeout it was made with, then reads with the long one."""

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(READ_TIMEOUT_S)


class _Handler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class Hubs:
    """The hubs, for one run."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(_Handler)
        self._unreachable: set[str] = set()

    def download(self, file: HubFile, target: Path, size: int) -> None:
        """Write the file to `target`, or raise SourceFailed."""
        if file.hub in self._unreachable:
            raise SourceFailed(f"{file.url} skipped, this hub did not answer before")
        try:
            self._download(file.url, target, size)
        except urllib.error.HTTPError as error:
            raise SourceFailed(f"{file.url} answered {error.code}") from error
        except OSError as error:
            self._unreachable.add(file.hub)
            reason = getattr(error, "reason", error)
            raise SourceFailed(f"{file.url} is unreachable ({reason})") from error

    def _download(self, url: str, target: Path, size: int) -> None:
        with (
            self._opener.open(url, timeout=CONNECT_TIMEOUT_S) as answer,
            target.open("wb") as out,
            progress(target.name, size) as advance,
        ):
            while block := answer.read(READ_BYTES):
                out.write(block)
                advance(out.tell())
