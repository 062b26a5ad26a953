"""Figures of a confusion matrix, and of the recall of each class and subject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.board.style import BLUE, GREY, blank, shown
from bench.core.types import Array

PER_COLUMN = 24
"""Maximum number of subjects per column."""


def confusion_figure(counts: Array, classes: Sequence[str]) -> Figure:
    """A confusion matrix in counts and, next to it, as shares of each true class.

    Args:
        counts: (c, c), rows the truth.
        classes: names.
    """
    side = 1.6 + 0.42 * len(classes)
    figure = blank(max(2 * side, 5.5), side + 0.3)
    left, right = figure.subplots(1, 2, sharey=True)
    whole = counts.sum(1, keepdims=True)
    # A class can be without clips, and its share is then undefined rather than 0.
    shares = np.divide(counts, whole, out=np.full(counts.shape, np.nan), where=whole > 0)
    words = [[f"{value:g}" for value in row] for row in counts]
    _matrix(left, counts / max(counts.max(), 1), words, classes)
    left.set_title("clips")
    left.set_ylabel("true class")
    words = [["–" if value != value else f"{value:.2f}" for value in row] for row in shares]
    _matrix(right, np.nan_to_num(shares), words, classes)
    right.set_title("share of the true class")
    return figure


def _matrix(axes: Axes, dark: Array, words: list[list[str]], classes: Sequence[str]) -> None:
    """Cells shaded from 0 to 1 with a text in each; the diagonal is bold."""
    # Above 1, so that the fullest cell is dark grey rather than black.
    axes.imshow(dark, cmap="Greys", vmin=0, vmax=1.25)
    axes.set_xlabel("predicted class")
    names = list(map(shown, classes))
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0)
    axes.spines[["top", "right"]].set_visible(True)
    for i, row in enumerate(words):
        for j, word in enumerate(row):
            colour = "white" if dark[i, j] > 0.6 else "black"
            weight = "bold" if i == j else "normal"
            axes.text(j, i, word, ha="center", va="center", color=colour, fontweight=weight)


def class_figure(counts: Array, classes: Sequence[str]) -> Figure:
    """Recall of each class as a bar, with correct / all next to it.

    Args:
        counts: (c, c), rows the truth.
        classes: names.
    """
    figure = blank(4.6, 0.9 + 0.3 * len(classes))
    axes = figure.subplots()
    _bars(axes, classes, np.diagonal(counts), counts.sum(1))
    axes.set_xlabel("recall")
    return figure


def subject_figure(counts: Array, people: Sequence[str]) -> Figure:
    """Share of each subject's clips that were recognised, best first, with correct / all.

    Args:
        counts: (subjects, c, c), rows the truth.
        people: names of the subjects.
    """
    right, whole = np.trace(counts, axis1=1, axis2=2), counts.sum((1, 2))
    shown = np.flatnonzero(whole)
    # lexsort sorts by its last key first: by share, then clips, then name.
    shown = shown[np.lexsort((shown, -whole[shown], -right[shown] / whole[shown]))]
    columns = -(-len(shown) // PER_COLUMN)
    rows = -(-len(shown) // columns)
    figure = blank(1.0 + 2.9 * columns, 0.9 + 0.2 * rows)
    figure.get_layout_engine().set(wspace=0.06)  # type: ignore[union-attr, call-arg]
    for i, axes in enumerate(figure.subplots(1, columns, squeeze=False)[0]):
        part = shown[i * rows : (i + 1) * rows]
        _bars(axes, [people[k] for k in part], right[part], whole[part])
        # The same scale in every column, though the last may hold fewer bars.
        axes.set_ylim(rows - 0.5, -0.5)
        overall = right.sum() / whole.sum()
        axes.axvline(overall, color=GREY, linestyle="--", linewidth=1)
        axes.set_xlabel("share recognised" + ("" if i else f" (dashed: all clips, {overall:.2f})"))
    return figure


def _bars(axes: Axes, names: Sequence[str], right: Array, whole: Array) -> None:
    """Horizontal bars of right / whole, with the fraction as text to the right of the axis."""
    share = np.divide(right, whole, out=np.zeros(len(whole)), where=whole > 0)
    where = np.arange(len(names))
    axes.barh(where, share, height=0.62, color=BLUE)
    for i in range(len(names)):
        axes.text(1.03, i, f"{right[i]:g}/{whole[i]:g}", va="center", ha="left", fontsize=8)
    axes.set_yticks(where, list(map(shown, names)))
    axes.set_xlim(0, 1)
    # Upside down, so that the first name is at the top.
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
