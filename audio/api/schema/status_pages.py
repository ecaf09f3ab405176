"""The OpenAPI pages of liveness, readiness, metrics, and the state of the engines."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.schema.refusal import Refusal
from audio.engines import engine_status
from audio.engines.role_settings import ROLES

ENGINE_NAMES = ("parakeet", "kokoro")
ENGINE_STATES = ("not_configured", *engine_status.STATES)
STATES = ("ready", "wedged", "restarting", "down", "not_configured")
TAGS = ["Status"]


class Status(serializers.Serializer[Any]):
    """The process serves requests."""

    status = Choice(("alive", "healthy"))


class Readiness(serializers.Serializer[Any]):
    """The state of each part, and of the whole gateway."""

    status = Choice(("ready", "not_ready"))
    parakeet = Choice(STATES)
    kokoro = Choice(STATES)
    database = Choice(STATES)


class EngineCapabilities(serializers.Serializer[Any]):
    """What an engine can do in its dialect, with the limits of its settings."""

    words = Choice(("none", "text", "segments", "words"))
    turns = serializers.BooleanField()
    voices = Choice(("none", "turns", "clip"))
    speech = serializers.BooleanField()
    max_bytes = serializers.IntegerField(allow_null=True, help_text="Of one call.")
    max_s = serializers.FloatField(allow_null=True, help_text="Seconds of audio of one call.")
    translates = serializers.BooleanField(
        help_text="Whether the engine may translate, as far as its model and its answers show."
    )
    wav_only = serializers.BooleanField()


class EngineReport(serializers.Serializer[Any]):
    """The state of an engine by its last probe."""

    name = serializers.CharField(
        help_text="`parakeet`, `kokoro`, or the first role of another engine: `words`, `words-2`."
    )
    state = Choice(ENGINE_STATES)
    reason = serializers.CharField(help_text="A sentence.")
    since = serializers.DateTimeField(allow_null=True, help_text="The start of this state.")
    probed_at = serializers.DateTimeField(allow_null=True)
    probe_s = serializers.FloatField(allow_null=True, help_text="Seconds that the probe took.")
    restarts_last_hour = serializers.IntegerField()
    recovery_s = serializers.FloatField(
        allow_null=True,
        help_text="Seconds from the first failed probe to the next good one, in the last failure.",
    )
    ready_in_s = serializers.IntegerField(
        allow_null=True, help_text="During a restart: seconds until the engine is expected."
    )
    roles = serializers.ListField(child=Choice(ROLES), help_text="What it is asked for.")
    dialect = serializers.CharField(allow_null=True)
    models = serializers.DictField(
        child=serializers.CharField(), help_text="The model that is asked for in each role."
    )
    capabilities = EngineCapabilities(allow_null=True)


class EngineList(serializers.Serializer[Any]):
    """The state of every engine."""

    object = serializers.CharField(help_text="`list`.")
    data = EngineReport(many=True)  # type: ignore[assignment]


ALIVE = extend_schema(
    operation_id="healthz", summary="The process serves requests", tags=TAGS, responses=Status
)
HEALTH = extend_schema(
    operation_id="health", summary="Health check for clients", tags=TAGS, responses=Status
)
READY = extend_schema(
    operation_id="readyz",
    summary="The engines and the database answer",
    tags=TAGS,
    responses={200: Readiness, 503: Readiness},
)
METRICS = extend_schema(
    operation_id="metrics",
    summary="Prometheus metrics",
    tags=TAGS,
    responses={(200, "text/plain"): OpenApiTypes.STR},
)
ENGINES = extend_schema(
    operation_id="engines",
    summary="List the state of each engine",
    description="Reports the last probes; sends nothing to an engine.",
    tags=TAGS,
    responses=EngineList,
)
PROBE = extend_schema(
    operation_id="probe_engine",
    summary="Probe an engine now",
    description="""Sends the engine a request with a known answer, and restarts the engine if it is
wedged and restarts are configured. The response comes after the probe, not after the restart.
Within ten seconds of a probe, no new one is made: `probed_at` is the time of the last probe.
At most four clients wait for probes at a time; further clients immediately receive the last known
state.""",
    tags=TAGS,
    request=None,
    responses={200: EngineReport, 404: Refusal, 503: Refusal},
)
