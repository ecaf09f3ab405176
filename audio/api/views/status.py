"""Status endpoints: liveness, readiness, metrics, and the state of each engine."""

from collections.abc import Mapping
from functools import partial
from threading import BoundedSemaphore

from django.conf import settings
from django.db import connections
from django.db.utils import OperationalError
from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audio.api.authentication import METRICS
from audio.api.request_errors import EngineNotFound
from audio.api.schema import status_pages
from audio.engines import engine_status, roles
from audio.engines.availability import suspect
from audio.engines.failures import not_configured
from audio.engines.recovery.engine_report import listed, report, reports
from audio.engines.recovery.watch import examine_in_background
from audio.engines.role_engine import RoleEngine
from audio.pipeline.analysis.parallel_calls import run_in_parallel

_UNFIT = ("wedged", "down", "restarting")
# A probe asks for a missing answer twice, and sends a recording in two ways.
MAX_CALLS_PER_PROBE = 4
# A waiting client occupies a thread, and the probe of a hanging engine takes long: further clients
# immediately receive the last known state.
MAX_WAITING = 4
_waiting = BoundedSemaphore(MAX_WAITING)


class Public(APIView):
    """A view that needs no key, because its answer holds nothing confidential."""

    authentication_classes = []
    permission_classes = []


class Alive(Public):
    """GET /healthz: the process serves requests."""

    @status_pages.ALIVE
    def get(self, request: Request) -> Response:
        return Response({"status": "alive"})


class Health(Public):
    """GET /health: clients request it to find out which kind of server this is."""

    @status_pages.HEALTH
    def get(self, request: Request) -> Response:
        return Response({"status": "healthy"})


class Ready(Public):
    """GET /readyz: every configured engine can infer, and a configured database answers."""

    @status_pages.READY
    def get(self, request: Request) -> Response:
        parts = engine_states() | _database_state()
        is_ready = can_serve(parts)
        body = {"status": "ready" if is_ready else "not_ready", **parts}
        return Response(body, status=200 if is_ready else 503)


class Metrics(APIView):
    """GET /metrics: Prometheus metrics, which name routes and engines and so require a key."""

    scope = METRICS

    @status_pages.METRICS
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


class Engines(APIView):
    """GET /api/engines: the state of each engine by its last probe."""

    @status_pages.ENGINES
    def get(self, request: Request) -> Response:
        return Response({"object": "list", "data": reports()})


class Probe(APIView):
    """POST /api/engines/{name}/probe: probe an engine now."""

    @status_pages.PROBE
    def post(self, request: Request, name: str) -> Response:
        if name not in listed():
            raise EngineNotFound(name, listed())
        if not engine_status.url_of(name):
            raise not_configured(name)
        probed = examine_in_background(name)
        if _waiting.acquire(blocking=False):
            try:
                probed.wait(MAX_CALLS_PER_PROBE * settings.PROBE_TIMEOUT_S)
            finally:
                _waiting.release()
        return Response(report(name))


def engine_states() -> dict[str, str]:
    """Return whether each engine can infer, by its probes and its own health endpoint."""
    engines = {name: named[0] for name, named in roles.engine_names().items()}
    states = run_in_parallel(*(partial(_state, one) for one in engines.values()))
    return dict.fromkeys(listed(), "not_configured") | dict(zip(engines, states, strict=True))


def can_serve(parts: Mapping[str, str]) -> bool:
    """Whether every role that is configured has an engine that is ready, and the database is."""
    fit = {name for name, state in parts.items() if state in ("ready", "not_configured")}
    return "database" in fit and all(
        any(one.name in fit for one in role.pool) for role in roles.all_roles().values()
    )


def _state(one: RoleEngine) -> str:
    state = engine_status.current_status(one.name, one.engine.url).state
    if state in _UNFIT:
        # An operator may have repaired it, which no call would reveal.
        suspect(one.name, one.engine.url)
        return state
    health_path = roles.dialect_of(one).capabilities.health_path
    return "ready" if one.engine.health(health_path).is_good else "down"


def _database_state() -> dict[str, str]:
    if "default" not in connections.settings or not connections.settings["default"].get("NAME"):
        return {"database": "not_configured"}
    connection = connections["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        # This thread's connection may have died with a server that is running again by now.
        connection.close()
        return {"database": "down"}
    return {"database": "ready"}
