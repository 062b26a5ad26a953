"""One clip as a figure: onset, apex, and what changed between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.drawing import fitted
from bench.core.errors import BenchError
from bench.core.escape import visible
from bench.core.types import Array
from bench.views.catalog import provided_frames
from bench.views.clip_views import Views
from bench.views.flow.optical import flow_image, optical_flow
from bench.views.flow.strain import strain
from bench.views.frames import colour, gray, resized

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

TALLEST = 400
"""Rows at most that are drawn: raw frames of SAMM have a thousand."""
WIDTH, LOW = 7.1, 0.3
"""Inches: the two columns of a paper; the row of scales."""
STRONG = 99.0
"""Percentile at which colours saturate: single pixels at the border must not set the scale."""


def draw(clip: Clip, views: Views, dataset: Dataset) -> Figure:
    """Draw a clip; where the dataset ships ready-made flow, its three planes.

    Raises:
        BenchError: the dataset ships neither frames nor flow.
    """
    if "frames" in views.sources:
        figure = _frames(clip, views)
    elif "flow_image" in views.sources:
        figure = _planes(views)
    else:
        given = ", ".join(sorted(views.sources))
        raise BenchError(f"{dataset.name} provides only {given}, which cannot be drawn")
    mark = "SYNTHETIC stand-in of " if dataset.synthetic else ""
    emotion = f" ({clip.emotion})" if clip.emotion else ""
    title = visible(f"{mark}{dataset.facts.title}: {clip.id}{emotion}")
    # A dollar sign in an id is no formula.
    figure.suptitle(title, fontsize=9, parse_math=False)
    return fitted(figure)


def flow_colours(flow: Array, full: float) -> Array:
    """Flow as colour (after Baker et al. 2011): hue is direction, saturation speed.

    Args:
        flow: (2, h, w), u right and v down, px.
        full: speed of full saturation, px.

    Returns:
        (h, w, 3) in 0..1; white where nothing moves.
    """
    from matplotlib.colors import hsv_to_rgb

    # Negated, because v points down and the colour wheel has up as positive.
    hue = np.arctan2(-flow[1], flow[0]) / (2 * np.pi) % 1
    saturation = np.clip(np.hypot(flow[0], flow[1]) / full, 0, 1)
    colours: Array = hsv_to_rgb(np.stack([hue, saturation, np.ones_like(hue)], axis=-1))
    return colours


def _frames(clip: Clip, views: Views) -> Figure:
    frames = colour(provided_frames(views, (0, views.apex)))
    height, width = frames.shape[1:3]
    scale = min(1.0, TALLEST / height)
    size = (round(height * scale), round(width * scale))
    onset, apex = resized(frames, size)
    # One file may hold frames that the index does not count.
    counted = clip.length > 1 or clip.span is not None
    length = clip.length if counted else len(views.sources["frames"])
    change = gray(apex[None])[0].astype(np.float32) - gray(onset[None])[0]
    flow = optical_flow(views, size=size)
    # Equal frames show no motion to scale the colours by.
    full = max(float(np.percentile(np.hypot(flow[0], flow[1]), STRONG)), 1e-6)
    deformation = strain(flow)
    figure, cells, scales = _figure(5, size[0] / size[1])
    source = clip.apex_source if clip.apex is not None else "middle"
    cells[0].imshow(onset)
    cells[1].imshow(apex)
    # Eight times the contrast by narrower limits: the scale below then shows true grey levels.
    differing = cells[2].imshow(change, cmap="gray", vmin=-128 / 8, vmax=127 / 8)
    cells[3].imshow(flow_colours(flow, full))
    top = max(float(np.percentile(deformation, STRONG)), 1e-6)
    strained = cells[4].imshow(deformation, cmap="inferno", vmin=0, vmax=top)
    words = (
        "onset",
        f"apex ({source}): {views.apex + 1} of {length}",
        "difference × 8",
        "TV-L1 optical flow",
        "optical strain",
    )
    for cell, word in zip(cells, words, strict=True):
        cell.set_title(word, fontsize=7, pad=3)
    _bar(figure, scales[2], differing)
    _wheel(scales[3], full)
    _bar(figure, scales[4], strained)
    return figure


def _planes(views: Views) -> Figure:
    planes = flow_image(views)
    figure, cells, scales = _figure(3, planes.shape[1] / planes.shape[2])
    words = ("horizontal flow", "vertical flow", "optical strain")
    for cell, scale, plane, word in zip(cells, scales, planes, words, strict=True):
        drawn = cell.imshow(plane, cmap="gray", vmin=0, vmax=255)
        cell.set_title(word, fontsize=7, pad=3)
        _bar(figure, scale, drawn)
    return figure


def _figure(columns: int, tallness: float) -> tuple[Figure, list[Axes], list[Axes]]:
    """Cells of `tallness` height per width, and a low one below each for its scale."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Blank

    width = WIDTH * columns / 5
    high = width / columns * tallness
    figure = Blank(figsize=(width, high + LOW + 0.45), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(2, columns, squeeze=False, height_ratios=(high, LOW))
    for cell in grid.ravel():
        cell.set_xticks([])
        cell.set_yticks([])
    for cell in grid[1]:
        cell.set_axis_off()
    return figure, grid[0].tolist(), grid[1].tolist()


def _wheel(cell: Axes, full: float) -> None:
    """A colour wheel: directions, and the speed at its rim."""
    down, right = np.mgrid[-1:1:129j, -1:1:129j]
    colours = flow_colours(np.stack([right, down]), 1.0)
    inside = np.hypot(right, down) <= 1
    cell.imshow(np.dstack([colours, inside]), extent=(-1, 1, -1, 1))
    cell.set_anchor("W")
    cell.text(1.2, 0, f"rim: {full:.2g} px", fontsize=6, va="center")


def _bar(figure: Figure, cell: Axes, drawn: ScalarMappable) -> None:
    """A scale of values."""
    inner = cell.inset_axes((0.05, 0.75, 0.9, 0.2))
    bar = figure.colorbar(drawn, cax=inner, orientation="horizontal")
    bar.ax.tick_params(labelsize=6, length=2, pad=1)
    bar.ax.locator_params(nbins=4)
