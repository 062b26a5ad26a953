"""Occlusion maps of movement: replace a patch of the apex frame by the onset's, measure the score.

An occlusion map (Zeiler & Fergus, ECCV 2014) for clips. The onset's patch hides a movement and
leaves a face, where a grey square would be a thing no method has ever seen. It asks nothing of a
method but to describe and to predict.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from bench.board.style import blank
from bench.core.types import Array
from bench.plugins.method import Method
from bench.plugins.model import Model
from bench.views.clip_views import Views
from bench.views.frames import gray

GRID = 8
"""Patches along a side."""
COLUMNS = 4
STRONGEST = 0.1
"""Share of patches that may lie beyond the scale: a turned vote counts 1, what leads to it .01."""


def drops(method: Method, model: Model, clip: Views, label: int) -> Array | None:
    """How much the true class's score drops when a patch of the apex is the onset's.

    Args:
        method: describes.
        model: fitted on other people's clips.
        clip: of a held-out person; without a cache, which would mistake it for the clip itself.
        label: its true class.

    Returns:
        (GRID, GRID) score of the clip minus that of the changed clip, in the method's own units;
        None where the method does not look at frames.
    """
    whole = method.describe(clip)
    # `describe` has just left in `seen` what it read.
    if "frames" not in clip.seen:
        return None
    frames = clip.sources["frames"]
    # Rounded: patches differ by a pixel where the side is no multiple of GRID.
    rows, columns = (
        np.linspace(0, side, GRID + 1).round().astype(int) for side in frames.shape[1:3]
    )
    score = model.predict([whole])[0, label]
    drop = np.zeros((GRID, GRID))
    for i in range(GRID):
        changed = []
        for j in range(GRID):
            patch = np.s_[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            copy = frames.copy()
            copy[clip.apex][patch] = frames[0][patch]
            changed.append(method.describe(_with_frames(clip, copy)))
        drop[i] = score - model.predict(changed)[:, label]
    return drop


def _with_frames(clip: Views, frames: Array) -> Views:
    # `replace` hands on the clip's own set, and its way to decode some frames: of the files.
    sources = {**clip.sources, "frames": frames}
    return dataclasses.replace(clip, sources=sources, seen=set(), some_frames=None)


def occlusion_figure(maps: Sequence[Array], clips: Sequence[Views], names: Sequence[str]) -> Figure:
    """The mean map, then each clip's over its apex frame, all on one scale.

    Args:
        maps: (GRID, GRID) of each clip.
        clips: with their frames.
        names: of the clips.
    """
    rows = -(-(len(maps) + 1) // COLUMNS)
    figure = blank(7.4, 2.1 * rows + 0.2)
    plots = figure.subplots(rows, COLUMNS).ravel()
    for axes in plots[1:]:
        axes.set_axis_off()
    plots[0].set(xticks=[], yticks=[])
    plots[0].spines[["top", "right"]].set_visible(True)
    limit = _limit(np.abs(maps))
    height, width = clips[0].sources["frames"].shape[1:3]
    place = (0, width, height, 0)
    look = {"cmap": "PuOr_r", "vmin": -limit, "vmax": limit}
    shown = plots[0].imshow(np.mean(maps, axis=0), extent=place, **look)
    plots[0].set_title(f"mean of {len(maps)}", fontsize=7)
    for axes, one, clip, name in zip(plots[1:], maps, clips, names, strict=False):
        frame = clip.sources["frames"][[clip.apex]]
        size = frame.shape[1:3]
        axes.imshow(gray(frame)[0], cmap="gray", vmin=0, vmax=255)
        axes.imshow(one, extent=(0, size[1], size[0], 0), alpha=0.55, **look)
        axes.set_title(name, fontsize=7)
    # Arrowheads on the colour bar where some patches exceed the scale.
    beyond = "both" if np.abs(maps).max() > limit else "neither"
    bar = figure.colorbar(shown, ax=plots.tolist(), shrink=0.7, aspect=25, extend=beyond)
    bar.set_label("drop of the true class's score")
    return figure


def _limit(sizes: Array) -> float:
    """Where colours end: patches that turn a vote of an SVM should not pale all others."""
    for share in (1 - STRONGEST, 1):
        if (limit := float(np.quantile(sizes, share))) > 0:
            return limit
    return 1.0
