"""The PromQL of the dashboard and the alert rules, and the metrics that it selects."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser
import yaml

from tests.gateway_process import ROOT

MONITORING = ROOT / "monitoring"
# Prometheus adds these labels to every target.
OF_THE_TARGET = {"job", "instance"}
OF_PROMETHEUS = {"up"}


@dataclass(frozen=True)
class Selected:
    """A metric that a query selects, and the labels of its selectors."""

    name: str
    labels: frozenset[str]


@dataclass(frozen=True)
class Alert:
    """An alert rule."""

    name: str
    expr: str
    severity: str
    texts: frozenset[str]


def panels() -> list[dict[str, object]]:
    """Return the panels of the dashboard, without its rows."""
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def panel_queries() -> dict[str, str]:
    """Return PromQL by panel title and query letter, with Grafana's variables replaced."""
    return {
        f"{panel['title']} {target['refId']}": _filled_in(target["expr"])
        for panel in panels()
        for target in panel["targets"]  # type: ignore[attr-defined]
    }


def alerts() -> list[Alert]:
    groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    return [
        Alert(
            rule["alert"],
            rule["expr"],
            rule["labels"]["severity"],
            frozenset(name for name, text in rule["annotations"].items() if text),
        )
        for group in groups
        for rule in group["rules"]
    ]


def every_query() -> dict[str, str]:
    return panel_queries() | {alert.name: alert.expr for alert in alerts()}


def selected(query: str) -> frozenset[Selected]:
    """Return the metrics that a query selects.

    Raises
    ------
    ValueError
        When it is not PromQL, or passes a function a wrong argument.
    """
    found: set[Selected] = set()

    def visit(expr: promql_parser.Expr) -> None:
        if isinstance(expr, promql_parser.MatrixSelector):
            expr = expr.vector_selector
        if isinstance(expr, promql_parser.VectorSelector):
            labels = frozenset(one.name for one in expr.matchers.matchers)
            found.add(Selected(expr.name or "", labels))

    promql_parser.walk(promql_parser.parse(query), visit)
    return frozenset(found)


def grouped_by(query: str) -> Iterator[str]:
    """Yield the labels that a query groups by."""
    for group in re.findall(r"\b(?:by|on|ignoring)\s*\(([^)]*)\)", query):
        yield from (label.strip() for label in group.split(","))


def _filled_in(query: str) -> str:
    return query.replace("$__rate_interval", "5m").replace("$instance", ".+")
