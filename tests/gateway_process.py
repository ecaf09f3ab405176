"""The gateway as in production, and a client for it."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from spark_control.laptop.gateway import running_gateway as running

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_OF_THE_SUITE = ("DATABASE_URL", "PARAKEET_URL", "KOKORO_URL", "API_KEYS", "SECRET_KEY")
# Else httpx reads all authorities of the web for each call, though none speaks TLS here.
NO_AUTHORITY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Gateway:
    """A running gateway."""

    url: str
    log: Path
    pid: int

    def get(self, path: str, **options: object) -> httpx.Response:
        return self.ask("GET", path, 60, **options)

    def post(self, path: str, **options: object) -> httpx.Response:
        return self.ask("POST", path, 120, **options)

    def ask(self, method: str, path: str, within_s: float, **options: object) -> httpx.Response:
        url = self.url + path
        return httpx.request(method, url, timeout=within_s, verify=NO_AUTHORITY, **options)  # type: ignore[arg-type]


@contextmanager
def running_gateway(folder: Path, **settings: str) -> Iterator[Gateway]:
    """Serve with just these settings until the end of the block."""
    # Empty, not absent: a developer's .env fills in what is absent.
    alone = dict.fromkeys(SETTINGS_OF_THE_SUITE, "")
    # What is found out about a scripted engine is forgotten with it, and is looked for when a test
    # says so: else a probe would come between the calls of the next one.
    alone |= {"RECOVERY_DIR": str(folder / "recovery"), "PROBE_AFTER_FAILURE": "false"} | settings
    with running(folder / "gateway.log", alone) as gateway:
        yield Gateway(gateway.url, gateway.log, gateway.pid)
