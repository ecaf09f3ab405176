"""The gateway inside this process, on a real port: its settings may change from test to test."""

import threading
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.test import override_settings

from audio.engines import roles
from audio.engines.role_settings import ROLES
from tests.dialects.scripted_engines import ScriptedEngine
from tests.gateway_process import Gateway

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="session")
def gateway_here() -> Iterator[Gateway]:
    """The gateway's application, without the production server and its log around it."""
    from audio.api.uploads.request_body import LimitedBodies
    from spark_control.wsgi import django_application

    gateway = LimitedBodies(django_application)

    def application(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        # wsgiref's own input is the connection, which does not end with the body.
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))
        return gateway(environ, start_response)

    with make_server("127.0.0.1", 0, application, _Server, _Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Gateway(f"http://127.0.0.1:{server.server_port}", Path(), 0)
        server.shutdown()


ALONE = {
    "PARAKEET_URL": "",
    "KOKORO_URL": "",
    "SPEAKER_LIBRARY": "audio.library.NoLibrary",
    "API_KEYS": (),
    "PROBE_AFTER_FAILURE": False,
    "WORDS_PATH": "",
    **{
        f"{role.upper()}_{name}": ""
        for role in ROLES
        for name in ("URL", "DIALECT", "MODEL", "KEY")
    },
}


class Configure:
    """Settings of engines: those of the last call count."""

    def __init__(self, gateway: Gateway, recovery: Path) -> None:
        self._gateway, self._recovery = gateway, recovery
        self._settings = override_settings()
        self._settings.enable()

    def __call__(self, *engines: ScriptedEngine, **more: object) -> Gateway:
        """Return the gateway with these engines alone."""
        self.close()
        named = {name: value for engine in engines for name, value in engine.settings.items()}
        self._settings = override_settings(
            **{**ALONE, "RECOVERY_DIR": str(self._recovery), **named, **more}
        )
        self._settings.enable()
        return self._gateway

    def close(self) -> None:
        """Close the connections to the engines, and restore the settings."""
        for role in roles.all_roles().values():
            for one in role.pool:
                one.engine.close()
        self._settings.disable()


@pytest.fixture
def configure(gateway_here: Gateway, tmp_path: Path) -> Iterator[Configure]:
    """Set engines: no others are configured, nor is a library or a key."""
    chosen = Configure(gateway_here, tmp_path / "recovery")
    yield chosen
    chosen.close()
