"""The status board of the engines, as reports for operators and metrics for Prometheus."""

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from audio.engines import engine_status, roles
from audio.engines.engine_status import STATES, EngineStatus
from audio.engines.recovery.examination import HOUR_S
from audio.engines.recovery.watch import ALWAYS_LISTED, watched
from audio.engines.roles import ConfiguredRole

_Families = tuple[GaugeMetricFamily, CounterMetricFamily, CounterMetricFamily, GaugeMetricFamily]


def report(engine: str) -> dict[str, object]:
    """Return the status of one engine, for a client."""
    url = engine_status.url_of(engine)
    if not url:
        return _as_json(engine, EngineStatus(), "not_configured", "No address is set.")
    known = engine_status.current_status(engine, url)
    return _as_json(engine, known, known.state, known.reason)


def listed() -> list[str]:
    """Return the engines that reports list: the short forms, then the other engines."""
    return list(dict.fromkeys([*ALWAYS_LISTED, *watched()]))


def reports() -> list[dict[str, object]]:
    """Return the status of every engine."""
    return [report(engine) for engine in listed()]


class EngineMetrics(Collector):
    """Metrics read from the board at each scrape, which includes other processes' findings."""

    def collect(self) -> Iterator[Metric]:
        families = _families()
        for engine in watched():
            _add(
                families,
                engine,
                engine_status.current_status(engine, engine_status.url_of(engine)),
            )
        yield from families

    def describe(self) -> Iterator[Metric]:
        """Yield the metrics that may be collected, without reading the board."""
        yield from _families()


def _as_json(engine: str, known: EngineStatus, state: str, reason: str) -> dict[str, object]:
    now = time.time()
    left_s = None if known.ready_at is None else max(0, math.ceil(known.ready_at - now))
    return {
        "name": engine,
        "state": state,
        "reason": reason,
        "since": _moment(known.since or None),
        "probed_at": _moment(known.probed_at),
        "probe_s": known.probe_s,
        "restarts_last_hour": sum(now - at < HOUR_S for at in known.restarts),
        "recovery_s": known.recovery_s,
        "ready_in_s": left_s,
        **_roles(engine),
    }


def _roles(engine: str) -> dict[str, object]:
    """Return the roles of an engine, its dialect, and what it can do in it."""
    asked = roles.engine_names().get(engine, ())
    configured = {one.role: roles.configured(one.role) for one in asked}
    first = next(iter(configured.values()), None)
    return {
        "roles": list(configured),
        "dialect": None if first is None else first.dialect.name,
        "models": {one.role: one.model for one in asked if one.model},
        "capabilities": None if first is None else _capabilities(first),
    }


def _capabilities(role: ConfiguredRole) -> dict[str, object]:
    known = role.capabilities
    return {
        "words": known.words,
        "turns": known.turns,
        "voices": known.voices,
        "speech": known.speech,
        "translates": role.dialect.can_translate(role.pool.first),
        "max_bytes": known.max_bytes,
        "max_s": known.max_s,
        "wav_only": known.wav_only,
    }


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _families() -> _Families:
    return (
        GaugeMetricFamily(
            "spark_engine_state", "1 for the state of an engine", labels=["engine", "state"]
        ),
        CounterMetricFamily(
            "spark_engine_probes", "Probes of an engine", labels=["engine", "result"]
        ),
        CounterMetricFamily(
            "spark_engine_restarts", "Restarts of an engine", labels=["engine", "outcome"]
        ),
        GaugeMetricFamily(
            "spark_engine_recovery_seconds",
            "Time from the first bad probe to the first good one, the last time",
            labels=["engine"],
        ),
    )


def _add(families: _Families, engine: str, known: EngineStatus) -> None:
    states, probes, restarts, recovery = families
    for state in STATES:
        states.add_metric([engine, state], float(known.state == state))
    for result, count in known.probes.items():
        probes.add_metric([engine, result], count)
    for outcome, count in known.outcomes.items():
        restarts.add_metric([engine, outcome], count)
    if known.recovery_s is not None:
        recovery.add_metric([engine], known.recovery_s)
