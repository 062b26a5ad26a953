"""A strip of pictures for one clip: onset, apex, flow, and the scores of the classes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.board.style import blank, shortened, shown, stamped
from bench.data.figure import STRONG, flow_colours
from bench.deploy.card import Card
from bench.deploy.clips import OwnClip
from bench.deploy.predictions import Prediction
from bench.views.catalog import provided_frames
from bench.views.flow.optical import optical_flow
from bench.views.frames import colour, resized

TALLEST = 340
"""Rows at most that are drawn."""
WIDTH, HEIGHT = 7.1, 2.3
"""Inches."""
LONGEST_NAME = 40
"""Characters of a clip's name, which may be a path."""


def strip(clip: OwnClip, row: Prediction, card: Card) -> Figure:
    """The pictures of one clip side by side; a method's word for each class at the right."""
    frames = colour(provided_frames(clip.views, (0, clip.views.apex)))
    height, width = frames.shape[1:3]
    scale = min(1.0, TALLEST / height)
    size = (round(height * scale), round(width * scale))
    onset, apex = resized(frames, size)
    flow = optical_flow(clip.views, size=size)
    # Equal frames show no motion to scale the colours by.
    full = max(float(np.percentile(np.hypot(flow[0], flow[1]), STRONG)), 1e-6)
    figure = blank(WIDTH, HEIGHT)
    cells = figure.subplots(1, 4, width_ratios=(1, 1, 1, 1.6))
    pictures = (onset, apex, flow_colours(flow, full))
    words = (
        f"onset (frame {clip.onset})",
        f"apex (frame {clip.apex}, {clip.apex_source})",
        f"optical flow (saturates at {full:.2g} px)",
    )
    for cell, picture, word in zip(cells, pictures, words, strict=False):
        cell.imshow(picture)
        cell.set_axis_off()
        cell.set_title(word, fontsize=7, pad=3)
    _scores(cells[3], row, card.classes)
    name = shortened(clip.name, LONGEST_NAME)
    title = f"{name}: {shown(card.label)}, trained on {shown(card.inputs['task'])}"
    figure.suptitle(title)
    return stamped(figure, card.synthetic)


def _scores(cell: Axes, row: Prediction, classes: tuple[str, ...]) -> None:
    places = np.arange(len(classes))
    colours = ["tab:blue" if place == row.label else "lightgrey" for place in places]
    bars = cell.barh(places, row.scores, color=colours)
    cell.bar_label(bars, fmt="%.3g", fontsize=6, padding=2)
    cell.set_yticks(places, list(map(shown, classes)), fontsize=7)
    cell.invert_yaxis()
    cell.margins(x=0.25)
    # Each bar has its number; an axis that goes on to 1.2 would look like one of probabilities.
    cell.set_xticks([])
    cell.tick_params(axis="y", length=0)
    cell.axvline(0, color="black", linewidth=0.8)
    cell.set_title("scores (not calibrated)", fontsize=7, pad=3)
    cell.spines[:].set_visible(False)
