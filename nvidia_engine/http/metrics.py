"""The engine's metrics in Prometheus' text format."""

from collections.abc import Iterator, Mapping

from nvidia_engine.inference.units import Kind
from nvidia_engine.service import Service

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(service: Service) -> str:
    """Render all metrics, one family after another."""
    return "".join(f"{line}\n" for line in _lines(service))


def _lines(service: Service) -> Iterator[str]:
    tally = service.tally
    yield from _by_kind("batches_total", "Batches that a model answered.", tally.batches)
    yield from _by_kind("units_total", "Inputs of models in those batches.", tally.units)
    yield from _by_kind("audio_seconds_total", "Their seconds of audio.", tally.seconds)
    bad = "Embeddings that were not finite, or zero."
    yield from _one("bad_embeddings_total", "counter", bad, tally.bad_embeddings)
    lost = "Child processes that were lost and replaced."
    yield from _one("restarts_total", "counter", lost, service.restarts)
    waiting = "Seconds of audio that wait or are worked on."
    yield from _one("queue_seconds", "gauge", waiting, round(service.admission.seconds, 1))


def _by_kind(name: str, said: str, counts: Mapping[Kind, int]) -> Iterator[str]:
    yield from _head(name, "counter", said)
    for kind in Kind:
        yield f'nvidia_engine_{name}{{kind="{kind}"}} {counts[kind]}'


def _one(name: str, kind: str, said: str, value: float) -> Iterator[str]:
    yield from _head(name, kind, said)
    yield f"nvidia_engine_{name} {value}"


def _head(name: str, kind: str, said: str) -> Iterator[str]:
    yield f"# HELP nvidia_engine_{name} {said}"
    yield f"# TYPE nvidia_engine_{name} {kind}"
