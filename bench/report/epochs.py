"""Training curves: the quantities logged while the folds were trained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.board.style import BLUE, blank, shown
from bench.core.types import Array
from bench.store.record import Record

Curves = dict[tuple[str, str], tuple[Array, Array]]
"""(x axis, quantity) -> values of the x axis (x,), and quartiles (3, x) over folds."""
COLUMNS = 3


def curves(records: Sequence[Record]) -> Curves:
    """Quartiles over folds and seeds of every logged quantity, point by point.

    The x axis is the key that ends in "epoch" or "step", or else the position in the log.
    """
    values: dict[tuple[str, str], dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        for position, point in enumerate(record.curve, start=1):
            count = next((word for word in point if word.endswith(("epoch", "step"))), "")
            for name in point.keys() - {count}:
                # A single diverged fold would make every quantile of its step NaN.
                if np.isfinite(point[name]):
                    at = point[count] if count else position
                    values[count or "point", name][at].append(point[name])
    return {
        name: (
            np.array(sorted(points)),
            np.array([np.quantile(points[x], (0.25, 0.5, 0.75)) for x in sorted(points)]).T,
        )
        for name, points in sorted(values.items())
    }


def curve_figure(numbers: Curves) -> Figure:
    """A small plot of every logged quantity: median over folds, and the band of quartiles."""
    columns = min(COLUMNS, len(numbers))
    rows = -(-len(numbers) // columns)
    figure = blank(max(2.4 * columns, 3.4), 1.75 * rows + 0.3)
    # squeeze=False, or a single plot would not come as an array.
    plots = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, ((count, name), (x, (low, middle, high))) in zip(
        plots, numbers.items(), strict=False
    ):
        axes.fill_between(x, low, high, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(x, middle, color=BLUE, marker="o" if len(x) < 3 else "")
        axes.set_title(shown(name.replace("_", " ")))
        axes.set_xlabel(shown(count.replace("_", " ")))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for axes in plots[len(numbers) :]:
        axes.set_axis_off()
    return figure
