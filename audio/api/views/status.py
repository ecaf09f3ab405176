"""Is the gateway alive, is it ready, and how busy is it?"""

from collections.abc import Callable
from functools import partial

from django.db import connections
from django.db.utils import OperationalError
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.schema.status_pages import Readiness, Status
from audio.engines import engine_status
from audio.engines.availability import suspect
from audio.engines.client import Engine
from audio.engines.dialects import kokoro, parakeet
from audio.engines.failures import EngineNotConfigured
from audio.pipeline.parallel_calls import run_in_parallel

_UNFIT = ("wedged", "down", "restarting")


def engine_states() -> dict[str, str]:
    """Whether each engine can infer, by what its probes found and what it says itself."""
    states = run_in_parallel(partial(_state, parakeet.parakeet), partial(_state, kokoro.kokoro))
    return dict(zip(("parakeet", "kokoro"), states, strict=True))


def _state(engine: Callable[[], Engine]) -> str:
    try:
        asked = engine()
    except EngineNotConfigured:
        return "not_configured"
    found = engine_status.current_status(asked.name, asked.url).state
    if found in _UNFIT:
        # It may have been mended by hand, and nobody would notice.
        suspect(asked.name, asked.url)
        return found
    return "ready" if asked.is_healthy() else "down"


class Public(APIView):
    """A view that needs no key: it tells nothing that a stranger may not know."""

    authentication_classes = []
    permission_classes = []


class Alive(Public):
    """GET /healthz: the process serves requests."""

    @extend_schema(
        operation_id="healthz",
        summary="The process serves requests",
        tags=["Status"],
        responses=Status,
    )
    def get(self, request: Request) -> Response:
        return Response({"status": "alive"})


class Health(Public):
    """GET /health: what clients look for when they find out which kind of server this is."""

    @extend_schema(
        operation_id="health",
        summary="What clients probe",
        tags=["Status"],
        responses=Status,
    )
    def get(self, request: Request) -> Response:
        return Response({"status": "healthy"})


class Ready(Public):
    """GET /readyz: every configured engine can infer, and a configured database answers."""

    @extend_schema(
        operation_id="readyz",
        summary="Engines and database answer",
        tags=["Status"],
        responses={200: Readiness, 503: Readiness},
    )
    def get(self, request: Request) -> Response:
        parts = engine_states() | _database_state()
        ready = set(parts.values()) <= {"ready", "not_configured"}
        body = {"status": "ready" if ready else "not_ready", **parts}
        return Response(body, status=200 if ready else 503)


class Metrics(APIView):
    """GET /metrics: Prometheus. Names routes and engines, so it wants a key like any endpoint."""

    @extend_schema(
        operation_id="metrics",
        summary="Prometheus",
        tags=["Status"],
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database_state() -> dict[str, str]:
    if "default" not in connections.settings or not connections.settings["default"].get("NAME"):
        return {"database": "not_configured"}
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        # This thread's connection may have died with a server that is back by now.
        connection.close()
        return {"database": "down"}
    return {"database": "ready"}
