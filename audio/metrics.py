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
