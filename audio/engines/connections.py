"""How many connections an engine may have."""

from django.conf import settings

from audio.engines.transport import EngineTransport

CONNECT_S = 3.0
QUESTION_CONNECTIONS = 4
# Beside all that are in use: what is to find out why they are.
PROBES = 1


def connections(at_once: int) -> EngineTransport:
    """Connections to one engine, so many at once; how long they are used, calls decide."""
    return EngineTransport(at_once + PROBES, connect_s=CONNECT_S, wait_s=settings.ENGINE_WAIT_S)
