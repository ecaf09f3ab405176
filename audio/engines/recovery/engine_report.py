"""What operators and Prometheus are told of the engines: always what the board says."""

import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from audio.engines import engine_status
from audio.engines.engine_status import STATES, Standing
from audio.engines.recovery.examination import HOUR_S
from audio.engines.recovery.probes import ENGINES
from audio.engines.recovery.watch import watched

_Families = tuple[GaugeMetricFamily, CounterMetricFamily, CounterMetricFamily, GaugeMetricFamily]


def report(engine: str) -> dict[str, object]:
    """What is known of one engine, for a client."""
    url = engine_status.url_of(engine)
    if not url:
        return _told(engine, Standing(), "not_configured", "No address is set.")
    known = engine_status.standing(engine, url)
    return _told(engine, known, known.state, known.reason)


def reports() -> list[dict[str, object]]:
    """What is known of every engine."""
    return [report(engine) for engine in ENGINES]


class EngineMetrics(Collector):
    """Read from the board at each scrape: so the findings of other processes are told too."""

    def collect(self) -> Iterator[Metric]:
        families = _families()
        for engine in watched():
            _add(families, engine, engine_status.standing(engine, engine_status.url_of(engine)))
        yield from families

    def describe(self) -> Iterator[Metric]:
        """What may be collected, without reading the board."""
        yield from _families()


def _told(engine: str, known: Standing, state: str, reason: str) -> dict[str, object]:
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


def _add(families: _Families, engine: str, known: Standing) -> None:
    states, probes, restarts, recovery = families
    for state in STATES:
        states.add_metric([engine, state], float(known.state == state))
    for result, count in known.probes.items():
        probes.add_metric([engine, result], count)
    for outcome, count in known.outcomes.items():
        restarts.add_metric([engine, outcome], count)
    if known.recovery_s is not None:
        recovery.add_metric([engine], known.recovery_s)
