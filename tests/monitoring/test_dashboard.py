"""The dashboard and the alert rules query metrics that the gateway exports."""

import pytest

from tests.monitoring.queries import (
    OF_PROMETHEUS,
    OF_THE_TARGET,
    alerts,
    every_query,
    grouped_by,
    panels,
    selected,
)
from tests.scraping import Scraped

QUERIES = every_query()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_selects_metrics_that_exist(query: str, scraped: Scraped) -> None:
    asked = {one.name for one in selected(query)}

    assert asked
    assert asked - OF_PROMETHEUS <= scraped.names()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_selects_by_labels_that_its_metrics_have(query: str, scraped: Scraped) -> None:
    asked = selected(query)
    # A metric without samples, such as an engine's restarts, has no labels yet.
    sampled = [one for one in asked if one.name in scraped.sampled()]
    known = {one: OF_THE_TARGET | scraped.labels(one.name) for one in sampled}

    assert {one for one in sampled if not one.labels <= known[one]} == set()
    assert len(sampled) < len(asked) or set(grouped_by(query)) <= set().union(*known.values())


def test_every_panel_has_a_title_of_its_own() -> None:
    titles = [panel["title"] for panel in panels()]

    assert len(titles) == len(set(titles))


def test_panels_do_not_overlap() -> None:
    positions = [panel["gridPos"] for panel in panels()]
    corners = {(one["x"], one["y"]) for one in positions}  # type: ignore[index]

    assert len(corners) == len(positions)
    assert all(one["x"] + one["w"] <= 24 for one in positions)  # type: ignore[index]


def test_every_alert_says_what_is_wrong_how_bad_and_what_to_do() -> None:
    found = alerts()

    assert len({alert.name for alert in found}) == len(found) > 0
    assert {alert.severity for alert in found} == {"warning", "critical"}
    assert all(alert.texts == {"summary", "description"} for alert in found)


def test_an_invalid_query_is_noticed() -> None:
    with pytest.raises(ValueError, match="expected type matrix"):
        selected("rate(spark_requests_total)")
