"""How the pictures look: sizes of a paper's column, colours that all can tell apart."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure

BLUE, ORANGE, RED, GREY = "#0072B2", "#E69F00", "#D55E00", "#666666"
"""Of Okabe and Ito's palette, told apart under every colour blindness and in grey."""

SETTINGS: Any = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "figure.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
}
"""For `matplotlib.rc_context`, around everything that is drawn."""


def blank(width: float, height: float) -> Figure:
    """An empty figure, in inches: a paper's column is 3.4 wide, a page 7."""
    return Figure(figsize=(width, height), layout="constrained")


def stamped(figure: Figure, synthetic: bool) -> Figure:
    """The figure, with the word SYNTHETIC above it where it shows stand-ins."""
    if synthetic and "SYNTHETIC" not in (title := figure.get_suptitle()):
        figure.suptitle(f"SYNTHETIC: {title}" if title else "SYNTHETIC")
    return figure


def png(figure: Figure) -> bytes:
    """The figure as a file, the same bytes whenever it is drawn from the same numbers."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    return buffer.getvalue()
