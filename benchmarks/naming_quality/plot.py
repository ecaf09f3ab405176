"""The plot of mis against unnamed time, by rule and length."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.naming_quality.scores import Scores

Cells = Mapping[tuple[str, str, str], Scores]


def draw(cells: Cells, lengths: Sequence[str], rules: Sequence[str], file: Path) -> None:
    """Draw one panel for each length, one small point for each kind, one large for the mean.

    ``cells`` are by kind, length and rule.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5 * len(lengths), 4.5), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(lengths), sharey=True))
    for panel, length in zip(panels, lengths, strict=True):
        for rule in rules:
            found = [one for (_, at, by), one in cells.items() if (at, by) == (length, rule)]
            unnamed, mis = [one.unnamed for one in found], [one.mis for one in found]
            [dots] = panel.plot(unnamed, mis, ".", alpha=0.4)
            panel.plot(np.mean(unnamed), np.mean(mis), "o", color=dots.get_color(), label=rule)
        panel.set(title=length, xlabel="unnamed, %")
        panel.set_yscale("symlog", linthresh=0.1)
    panels[0].set_ylabel("under another person's name (mis), %")
    panels[0].legend()
    figure.savefig(file)
