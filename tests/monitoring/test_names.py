"""The names of the gateway's metrics follow the conventions of Prometheus."""

import re

from tests.scraping import Scraped

OTHER_UNITS = re.compile(
    r"_(ms|milliseconds|microseconds|minutes|hours|days|percent|kilobytes|megabytes|[kmg]i?b)(_|$)"
)
OF_SAMPLES = ("_total", "_count", "_sum", "_bucket", "_info")


def test_every_metric_has_a_description_and_a_type(scraped: Scraped) -> None:
    own = scraped.own()

    assert len(own) >= 14
    assert all(family.documentation and family.type != "unknown" for family in own)


def test_units_are_base_units(scraped: Scraped) -> None:
    assert [one.name for one in scraped.own() if OTHER_UNITS.search(one.name)] == []


def test_counters_and_nothing_else_end_in_total(scraped: Scraped) -> None:
    counters = [one for one in scraped.own() if one.type == "counter"]
    samples = {sample.name for one in counters for sample in one.samples}
    others = [one.name for one in scraped.own() if one.type != "counter"]

    assert all(name.endswith(("_total", "_created")) for name in samples)
    assert [name for name in others if name.endswith(OF_SAMPLES)] == []


def test_times_are_in_seconds(scraped: Scraped) -> None:
    histograms = [one.name for one in scraped.own() if one.type == "histogram"]

    assert all(name.endswith("_seconds") for name in histograms)
