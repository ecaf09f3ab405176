"""The answers of whether the gateway is alive and ready."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from audio.api.fields import Choice
from audio.api.schema.transcription_answers import Refusal
from audio.engines import engine_status

ENGINE_NAMES = ("parakeet", "kokoro")
ENGINE_STATES = ("not_configured", *engine_status.STATES)
STATES = ("ready", "wedged", "restarting", "down", "not_configured")


class Status(serializers.Serializer[Any]):
    """The process serves requests."""

    status = Choice(("alive", "healthy"))


class Readiness(serializers.Serializer[Any]):
    """Each part, and all of it."""

    status = Choice(("ready", "not_ready"))
    parakeet = Choice(STATES)
    kokoro = Choice(STATES)
    database = Choice(STATES)


class EngineReport(serializers.Serializer[Any]):
    """How an engine stands, by its last probe."""

    name = Choice(ENGINE_NAMES)
    state = Choice(ENGINE_STATES)
    reason = serializers.CharField(help_text="A sentence.")
    since = serializers.DateTimeField(allow_null=True, help_text="Since when it is in this state.")
    probed_at = serializers.DateTimeField(allow_null=True)
    probe_s = serializers.FloatField(allow_null=True, help_text="Seconds that the probe took.")
    restarts_last_hour = serializers.IntegerField()
    recovery_s = serializers.FloatField(
        allow_null=True,
        help_text="Seconds from the first bad probe to the first good one, the last time.",
    )
    ready_in_s = serializers.IntegerField(
        allow_null=True, help_text="While it restarts: seconds until it is expected."
    )


class EngineList(serializers.Serializer[Any]):
    """Every engine."""

    object = serializers.CharField(help_text="`list`.")
    data = EngineReport(many=True)  # type: ignore[assignment]


ENGINES = extend_schema(
    operation_id="engines",
    summary="How the engines stand",
    description="What the probes found; asks no engine.",
    tags=["Status"],
    responses=EngineList,
)
PROBE = extend_schema(
    operation_id="probe_engine",
    summary="Probe an engine now",
    description="""Asks the engine a question with a known answer, and restarts it if it is wedged
and restarts are configured; the answer comes after the probe, not after the restart. Not asked
again within PROBE_COOLDOWN_S: `probed_at` says when it was. Four clients at a time wait for
probes; further ones are told at once what is known.""",
    tags=["Status"],
    request=None,
    responses={200: EngineReport, 404: Refusal, 503: Refusal},
)
