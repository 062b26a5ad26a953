"""A figure that is large enough for what is written in it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARGIN = 0.04
"""Inches between the outermost letters and the edge."""
TRIES = 10
"""Side by side, each axes gets a part of what is added: one step is not enough, so later ones are
larger."""


def plots(figure: Figure) -> list[Axes]:
    """The axes that show something: no colour bars, no empty places."""
    return [one for one in figure.axes if one.axison and one.get_label() != "<colorbar>"]


def fitted(figure: Figure, smallest: float = 0.0) -> Figure:
    """Enlarge a figure until all that it draws lies inside.

    matplotlib's layout keeps the size of a figure: long names then leave no room for the axes, or
    run over the edge.

    Args:
        figure: laid out or not; changed in place.
        smallest: width of the narrowest axes, inches.
    """
    for step in range(TRIES):
        # Of names too long for the size so far, and of glyphs that no font has.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            # Without drawing, which would take as long again.
            if (engine := figure.get_layout_engine()) is not None:
                engine.execute(figure)
        width, height = figure.get_size_inches()
        box = figure.get_tightbbox()
        wider = max(0.0, MARGIN - box.x0) + max(0.0, box.x1 + MARGIN - width)
        taller = max(0.0, MARGIN - box.y0) + max(0.0, box.y1 + MARGIN - height)
        widths = [one.get_window_extent().width / figure.dpi for one in plots(figure)]
        lacking = max(0.0, smallest - min(widths, default=smallest))
        # Axes side by side share what is added.
        wider = max(wider, lacking * len(widths))
        if wider < MARGIN / 4 and taller < MARGIN / 4:
            break
        push = 1 + step / 2
        figure.set_size_inches(width + push * wider, height + push * taller)
    return figure
