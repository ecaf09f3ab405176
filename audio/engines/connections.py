"""A pool of connections to one engine."""

import ssl
from functools import lru_cache

import httpcore
import httpx
from django.conf import settings

from audio.engines.deadlines import TimedBackend
from audio.engines.marking import mark

CONNECT_S = 3.0
QUESTION_CONNECTIONS = 4
# Beside all that are in use: what is to find out why they are.
PROBES = 1
# uvicorn, which serves the containers, closes an idle connection after 5 s; ours must be gone by
# then.
KEEPALIVE_S = 4.0


def connections_to(base_url: str, at_once: int) -> httpx.Client:
    """Connections to this address, so many at once; how long they are used, calls decide."""
    return httpx.Client(
        base_url=base_url,
        transport=_Transport(at_once),
        timeout=httpx.Timeout(None, connect=CONNECT_S, pool=settings.ENGINE_WAIT_S),
        # Engines are on the local network: a proxy from the environment would only carry calls
        # away.
        trust_env=False,
        event_hooks={"request": [mark]},
        # Audio goes on to the client as it comes; compressing it would only cost time.
        headers={"accept-encoding": "identity"},
    )


class _Transport(httpx.HTTPTransport):
    """httpx's own, over a pool that knows deadlines: it has no parameter for that."""

    def __init__(self, connections: int) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=connections + PROBES,
            keepalive_expiry=KEEPALIVE_S,
            # Of connecting alone: nothing was sent yet. The second try comes at once.
            retries=1,
            network_backend=TimedBackend(),
        )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Loading the CA certificates takes 34 ms of CPU: once for all clients."""
    return ssl.create_default_context()
