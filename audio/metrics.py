"""The metrics that Prometheus reads at /metrics.

No label has a value that a client chooses: methods are the known ones or `other`, routes are
patterns or `unmatched`, keys have the names that API_KEYS gives them.
"""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
# The gateway itself takes a few milliseconds.
SHORT_SECONDS = (0.001, 0.0025, *SECONDS)
NO_KEY = "none"

REQUESTS = Histogram(
    "spark_request_seconds",
    "Time to answer a request, until the last byte",
    ["method", "route", "status"],
    buckets=SECONDS,
)
ANSWERS = Counter(
    "spark_requests_total",
    "Requests answered, by the name of their API key",
    ["method", "route", "status", "key"],
)
GATEWAY = Histogram(
    "spark_gateway_seconds",
    "Time to answer a request, minus the time in which an engine worked for it",
    ["route"],
    buckets=SHORT_SECONDS,
)
IN_FLIGHT = Gauge("spark_requests_in_flight", "Requests under way")
ENGINE_CALLS = Histogram(
    "spark_engine_call_seconds",
    "Time of one call to an engine: to the last byte, for speech to the first",
    ["engine", "operation", "outcome"],
    buckets=SECONDS,
)
UPLOADED_BYTES = Counter("spark_uploaded_bytes_total", "Bytes of request bodies")
# The published names of these two metrics keep an older word for slots.
ENGINE_SLOTS = Gauge("spark_engine_places", "Calls that an engine may have under way", ["engine"])
ENGINE_SLOTS_IN_USE = Gauge(
    "spark_engine_places_in_use", "Slots of an engine that jobs hold", ["engine"]
)
ENGINE_REFUSALS = Counter(
    "spark_engine_refusals_total",
    "Jobs refused because no slots became free, or none of their key's share",
    ["engine", "reason"],
)
AUDIO_SECONDS = Counter(
    "spark_audio_seconds_total",
    "Seconds of recordings that an engine has analysed, by operation",
    ["operation"],
)
AUDIO_QUOTA_REFUSALS = Counter(
    "spark_audio_quota_refusals_total",
    "Requests refused because their key has used its seconds of audio of this hour",
    ["key"],
)
MERGES = Histogram(
    "spark_merge_seconds",
    "Time to merge the engines' answers into a result, without engines and library",
    ["operation"],
    buckets=SHORT_SECONDS,
)
NAMED_SPEAKERS = Counter(
    "spark_named_speakers_total",
    "Speakers of recordings, by what named them; unmatched: they have no name",
    ["source"],
)
REALTIME_SESSIONS = Gauge("spark_realtime_sessions", "Realtime sessions under way")
REALTIME_REFUSALS = Counter(
    "spark_realtime_refusals_total",
    "Realtime sessions refused because there were too many, or too many of their key",
    ["reason"],
)


def count_names(sources: Iterable[str]) -> None:
    """Count what named each speaker of a recording."""
    for source in sources:
        NAMED_SPEAKERS.labels(source).inc()
