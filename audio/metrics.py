"""What Prometheus reads at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

REQUESTS = Histogram(
    "spark_request_seconds",
    "Time to answer a request, to the last byte",
    ["method", "route", "status"],
    buckets=SECONDS,
)
IN_FLIGHT = Gauge("spark_requests_in_flight", "Requests being answered now")
ENGINE_CALLS = Histogram(
    "spark_engine_call_seconds",
    "Time of one call to an engine: to the last byte, of speech to the first",
    ["engine", "operation", "outcome"],
    buckets=SECONDS,
)
UPLOADED_BYTES = Counter("spark_uploaded_bytes_total", "Bytes of request bodies")
ENGINE_PLACES = Gauge(
    "spark_engine_places", "Calls that an engine may be asked at once", ["engine"]
)
ENGINE_PLACES_IN_USE = Gauge(
    "spark_engine_places_in_use", "Places of an engine that jobs hold", ["engine"]
)
ENGINE_REFUSALS = Counter(
    "spark_engine_refusals_total",
    "Jobs refused because no places became free, or none of their key's share",
    ["engine", "reason"],
)
