"""Rendering of the figures: a table, a page and plots."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.table import Table

from benchmarks.gateway.figure_table import Curve, Figure

REACHED = {True: "yes", False: "no", None: ""}


def table(figures: Sequence[Figure]) -> Table:
    """Render a table for a terminal."""
    rows = Table("figure", "asked", "measured", "reached", box=None)
    for figure in figures:
        rows.add_row(figure.what, figure.asked, figure.measured, REACHED[figure.reached])
    return rows


def write(path: Path, figures: Sequence[Figure], plots: Sequence[Path], at: datetime) -> None:
    """Write the page of the docs."""
    rows = [
        f"| {figure.what} | {figure.asked} | {figure.measured} | {REACHED[figure.reached]} |"
        for figure in figures
    ]
    pictures = [f"![{plot.stem.replace('_', ' ')}](plots/{plot.name})" for plot in plots]
    lines = [
        "# What the gateway adds",
        "",
        f"Written by `make bench` on {at:%Y-%m-%d}. The performance page explains what was done.",
        "",
        "| figure | asked | measured | reached |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        *pictures,
        "",
    ]
    path.write_text("\n".join(lines))


def plot(curve: Curve, folder: Path) -> Path:
    """Draw a curve."""
    from matplotlib import pyplot  # importing takes a second, and only whole runs draw plots

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    for name, points in curve.lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(title=curve.title, xlabel=curve.x, ylabel=curve.y, xscale="log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    path = folder / f"{'_'.join(re.findall('[a-z]+', curve.title.lower()))}.png"
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    return path
