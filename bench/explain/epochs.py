"""What happened while the folds were trained: logged numbers, and UF1 at every checkpoint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.clip import Array
from bench.explain.style import BLUE, GREY, RED, blank
from bench.metrics import uf1
from bench.statistics import select_best
from bench.store import Record

Curves = dict[tuple[str, str], tuple[Array, Array]]
"""(count, number) -> its values (x,) and the quartiles (3, x) of the number over folds."""
COLUMNS = 3


def curves(records: Sequence[Record]) -> Curves:
    """Quartiles over folds and seeds of every number that was logged, point by point.

    A point's count is its word that ends in "epoch" or "step", else its position in the log.
    """
    values: dict[tuple[str, str], dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        for position, point in enumerate(record.curve, start=1):
            count = next((word for word in point if word.endswith(("epoch", "step"))), "")
            for name in point.keys() - {count}:
                if np.isfinite(point[name]):
                    at = point[count] if count else position
                    values[count or "point", name][at].append(point[name])
    return {
        name: (
            np.array(sorted(found)),
            np.array([np.quantile(found[x], (0.25, 0.5, 0.75)) for x in sorted(found)]).T,
        )
        for name, found in sorted(values.items())
    }


def curve_figure(found: Curves) -> Figure:
    """A small plot for every logged number: its median over folds, and the band of quartiles."""
    columns = min(COLUMNS, len(found))
    rows = -(-len(found) // columns)
    figure = blank(max(2.4 * columns, 3.4), 1.75 * rows + 0.3)
    plots = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, ((count, name), (x, (low, middle, high))) in zip(plots, found.items(), strict=False):
        axes.fill_between(x, low, high, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(x, middle, color=BLUE, marker="o" if len(x) < 3 else "")
        axes.set_title(name.replace("_", " "))
        axes.set_xlabel(count.replace("_", " "))
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for axes in plots[len(found) :]:
        axes.set_axis_off()
    return figure


def epoch_figure(steps: Sequence[int], checkpoints: Array, last: float) -> Figure:
    """UF1 of all held-out clips at every checkpoint, beside what an oracle makes of them.

    Args:
        steps: (k,) epochs of the checkpoints.
        checkpoints: counts (seeds, k, subjects, c, c).
        last: the reported UF1, of the last epoch.
    """
    scores = uf1(checkpoints.sum(2))
    oracle = float(uf1(select_best(checkpoints).sum(1)).mean())
    figure = blank(4.8, 3.0)
    axes = figure.subplots()
    if len(scores) > 1:
        axes.plot(steps, scores.T, color=BLUE, alpha=0.3, linewidth=0.8)
    axes.plot(steps, scores.mean(0), color=BLUE, marker="o" if len(steps) < 3 else "")
    for value, name, colour, dashes in (
        (last, "last epoch, reported", GREY, "--"),
        (oracle, "oracle: best epoch of each\nheld-out subject", RED, ":"),
    ):
        axes.axhline(value, color=colour, linestyle=dashes, label=f"{name}: {value:.3f}")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("UF1, all folds pooled")
    axes.set_ylim(0, 1.02)
    figure.legend(loc="outside lower center", ncols=2)
    return figure
