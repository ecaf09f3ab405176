"""The gateway inside this process, on a real port: its settings may change from test to test."""

import threading
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from pytest_django.fixtures import Settings

from audio.engines import roles
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


class Configure:
    """Settings of engines for one test."""

    def __init__(self, gateway: Gateway, settings: Settings) -> None:
        self._gateway, self._settings = gateway, settings

    def __call__(self, *engines: ScriptedEngine, **more: object) -> Gateway:
        """Return the gateway with these engines alone."""
        named = {name: value for engine in engines for name, value in engine.settings.items()}
        for name, value in {**named, **more}.items():
            setattr(self._settings, name, value)
        return self._gateway


@pytest.fixture
def configure(gateway_here: Gateway, settings: Settings, tmp_path: Path) -> Iterator[Configure]:
    """Set engines: no others are configured, nor is a library or a key."""
    settings.PARAKEET_URL = settings.KOKORO_URL = ""
    settings.SPEAKER_LIBRARY = "audio.library.NoLibrary"
    settings.API_KEYS = ()
    settings.RECOVERY_DIR = str(tmp_path / "recovery")
    settings.PROBE_AFTER_FAILURE = False
    yield Configure(gateway_here, settings)
    for role in roles.all_roles().values():
        for one in role.pool:
            one.engine.close()
