"""One call over connections to an engine."""

from contextlib import closing

import httpx

from audio.engines.http.connections import EngineConnections


def exchange(connections: EngineConnections, url: str, body: bytes | None = None) -> bytes:
    """Send a GET, or a POST of this body, and return the body of the answer."""
    request = httpx.Request("GET" if body is None else "POST", url, content=body)
    with closing(connections.handle_request(request)) as response:
        return response.read()
