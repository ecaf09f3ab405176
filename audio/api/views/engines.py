"""How do the engines stand?"""

from threading import BoundedSemaphore

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.request_errors import EngineNotFound
from audio.api.schema import status_pages
from audio.engines import engine_status
from audio.engines.failures import not_configured
from audio.engines.recovery.engine_report import report, reports
from audio.engines.recovery.probes import ENGINES
from audio.engines.recovery.watch import examine_in_background

# An answer that does not come is asked for twice, of a recording in two ways.
LONGEST_PROBES = 4
# Whoever waits keeps a thread, and a probe of an engine that hangs takes long: further ones are
# told at once what is known.
MOST_WAITING = 4
_waiting = BoundedSemaphore(MOST_WAITING)


class Engines(APIView):
    """GET /api/engines: what the probes found."""

    @status_pages.ENGINES
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": reports()})


class Probe(APIView):
    """POST /api/engines/{name}/probe: find out now."""

    @status_pages.PROBE
    def post(self, request: Request, name: str) -> Response:
        if name not in ENGINES:
            raise EngineNotFound(name, ENGINES)
        if not engine_status.url_of(name):
            raise not_configured(name)
        probed = examine_in_background(name)
        if _waiting.acquire(blocking=False):
            try:
                probed.wait(LONGEST_PROBES * settings.PROBE_TIMEOUT_S)
            finally:
                _waiting.release()
        return Response(report(name))
