"""The dashboard and the alert rules ask for what the gateway tells."""

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
def test_a_query_asks_for_metrics_that_are_there(query: str, scraped: Scraped) -> None:
    asked = {one.name for one in selected(query)}

    assert asked
    assert asked - OF_PROMETHEUS <= scraped.names()


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_chooses_by_labels_that_its_metrics_have(query: str, scraped: Scraped) -> None:
    asked = selected(query)
    # Of what has not happened yet, an engine's restart, nobody knows the labels.
    told = [one for one in asked if one.name in scraped.told()]
    known = {one: OF_THE_TARGET | scraped.labels(one.name) for one in told}

    assert {one for one in told if not one.labels <= known[one]} == set()
    assert len(told) < len(asked) or set(grouped_by(query)) <= set().union(*known.values())


def test_no_panel_is_called_like_another() -> None:
    titles = [panel["title"] for panel in panels()]

    assert len(titles) == len(set(titles))


def test_panels_lie_beside_each_other() -> None:
    places = [panel["gridPos"] for panel in panels()]
    corners = {(place["x"], place["y"]) for place in places}  # type: ignore[index]

    assert len(corners) == len(places)
    assert all(place["x"] + place["w"] <= 24 for place in places)  # type: ignore[index]


def test_every_alert_says_what_is_wrong_how_bad_and_what_to_do() -> None:
    found = alerts()

    assert len({alert.name for alert in found}) == len(found) > 0
    assert {alert.severity for alert in found} == {"warning", "critical"}
    assert all(alert.texts == {"summary", "description"} for alert in found)


def test_a_query_that_is_none_is_noticed() -> None:
    with pytest.raises(ValueError, match="expected type matrix"):
        selected("rate(spark_requests_total)")
