"""The gateway's metrics, read as Prometheus reads them."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.gateway_process import Gateway
from tests.waiting import PATIENCE_S


@dataclass(frozen=True)
class Scraped:
    """The metrics of a gateway at one moment."""

    families: tuple[Metric, ...]

    def value(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples that have these labels."""
        samples = (one for family in self.families for one in family.samples)
        return sum(
            one.value
            for one in samples
            if one.name == name and labels.items() <= one.labels.items()
        )

    def own(self) -> list[Metric]:
        """Return the gateway's metrics, without those of Python and of the process."""
        return [family for family in self.families if family.name.startswith("spark_")]

    def labels(self, name: str) -> set[str]:
        """Return the names of the labels of a metric's samples."""
        samples = (one for family in self.families for one in family.samples)
        return {label for one in samples if one.name == name for label in one.labels}

    def sampled(self) -> set[str]:
        """Return the names of the samples that exist."""
        return {one.name for family in self.families for one in family.samples}

    def names(self) -> set[str]:
        """Return the names that PromQL can select, with those that have no samples yet."""
        return self.sampled().union(*map(_sample_names, self.families))


@dataclass(frozen=True)
class Counting:
    """What a gateway has counted since this value was made."""

    gateway: Gateway
    before: Scraped
    headers: dict[str, str] = field(default_factory=dict)

    def grown(self, name: str, **labels: str) -> float:
        return scrape(self.gateway, **self.headers).value(name, **labels) - self.before.value(
            name, **labels
        )

    def grown_soon(self, name: str, **labels: str) -> float:
        """Return the growth after a short wait: a request is counted just after its answer."""
        deadline = time.monotonic() + PATIENCE_S
        while not (grown := self.grown(name, **labels)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return grown


def scrape(gateway: Gateway, **headers: str) -> Scraped:
    answer = gateway.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return Scraped(tuple(text_string_to_metric_families(answer.text)))


def _sample_names(family: Metric) -> Iterable[str]:
    match family.type:
        case "counter":
            return [f"{family.name}_total"]
        case "histogram":
            return [f"{family.name}_{part}" for part in ("bucket", "count", "sum")]
    return [family.name]
