"""The style of all figures: sized for a paper's column, colour-blind safe."""

from __future__ import annotations

import io
import re
import warnings
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from bench.cache.output import MAKER
from bench.core.drawing import fitted
from bench.core.escape import paragraphs, visible

BLUE, ORANGE, RED, GREY = "#0072B2", "#E69F00", "#D55E00", "#666666"
"""From the palette of Okabe and Ito: distinguishable with any colour blindness and in grey."""

SHADE = "#e9e9e9"
"""Behind what is no contender."""

LONGEST = 60
"""Characters of a name in a figure: longer ones would leave no room for the axes."""

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
    # A dollar sign in a name is no formula, and an invalid formula is an error.
    "text.parse_math": False,
    # Words of an svg stay words: their outlines are four times as large, and cannot be searched.
    "svg.fonttype": "none",
    # Ids of an svg are drawn at random otherwise.
    "svg.hashsalt": MAKER,
}
"""For `matplotlib.rc_context`, around all drawing."""


def blank(width: float, height: float) -> Figure:
    """An empty figure of a size in inches: a paper's column is 3.4 wide, its page 7."""
    # Not by pyplot, which keeps every figure open and may look for a display.
    return Figure(figsize=(width, height), layout="constrained")


def shown(name: str) -> str:
    """A label, subject or class as a figure can show it: no control characters, not too long."""
    text = visible(name)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def shortened(name: str, most: int) -> str:
    """A path or file name without its middle where it is too long: its ends tell most."""
    text = visible(name)
    left = (most - 1) // 2
    return text if len(text) <= most else f"{text[:left]}…{text[-(most - 1 - left) :]}"


def stamped(figure: Figure, synthetic: bool) -> Figure:
    """Mark a figure of synthetic data with the word SYNTHETIC above it."""
    if synthetic:
        title = figure.get_suptitle()
        figure.suptitle(f"SYNTHETIC: {title}" if title else "SYNTHETIC")
    return figure


LEAN = (
    (re.compile(rb"(\d\.\d\d)\d+"), rb"\1"),  # of a point: finer than any screen or printer
    (re.compile(rb' transform="rotate\(-0 [^"]*"'), b""),
    (re.compile(rb" font-family: [^;]*;"), b""),  # of every text: stated once instead
)
"""What takes half of the tags of an svg as matplotlib writes it."""
WRAPPED = re.compile(rb'<g id="\w+">\n(<text[^\n]*</text>\n)</g>\n|<g id="\w+"/>\n')
"""Groups of nothing, or of one text."""

SMALLEST = 1.1
"""Inches that axes keep beside the longest names."""


def png(figure: Figure) -> bytes:
    """The figure as PNG, no text cut off; the same figure gives the same bytes."""
    return _saved(figure, "png", {"Software": MAKER}, dpi=200)


def svg(figure: Figure) -> bytes:
    """The figure as SVG, no text cut off; the same figure gives the same bytes."""
    # With a date, its bytes would change from run to run.
    data = _saved(figure, "svg", {"Creator": MAKER, "Date": None})
    return _lean(data)


def _lean(data: bytes) -> bytes:
    """The same picture in half as many bytes."""

    def within(tag: re.Match[bytes]) -> bytes:
        text = tag[0]
        for found, lean in LEAN:
            text = found.sub(lean, text)
        return text

    # Tags alone: names and numbers that are read stay as they are.
    data = re.sub(rb"<[^<>]+>", within, re.sub(rb"\n +", b"\n", data))
    data = data.replace(b"</style>", b"\ntext{font-family: 'DejaVu Sans', sans-serif}</style>")
    return WRAPPED.sub(rb"\1", data)


def _saved(figure: Figure, form: str, metadata: dict[str, str | None], **how: Any) -> bytes:
    for text in figure.findobj(Text):
        text.set_text(paragraphs(text.get_text()))
    buffer = io.BytesIO()
    # Of glyphs that no font has and names too long for the layout; the figure shows both.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        fitted(figure, SMALLEST)
        # It is laid out now, and twice would take twice as long.
        figure.set_layout_engine("none")
        figure.savefig(buffer, format=form, metadata=metadata, **how)
    return buffer.getvalue()
