"""What the network looked at, drawn over the apex: the mask and Grad-CAM of each scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from bench.core.types import Array, Description
from bench.learning.gradcam import grad_cam
from bench.plugins.model import Model

from .model import Fitted, Reading, part

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def grids(rows: Tensor) -> Array:
    """Patch values (n, N) as float64 maps (n, g, g), g the patches along a side."""
    side = round(rows.shape[1] ** 0.5)
    return rows.detach().double().cpu().numpy().reshape(-1, side, side)


def kept_attention(model: Fitted, clips: Sequence[Description]) -> list[Array]:
    """Attention of the patches that are kept, 0 on masked ones: (n, g, g) for each scale.

    A map's sum is what the mask lets through of an attention of sum 1.
    """
    maps: list[list[Array]] = [[] for _ in model.config.scales]
    # One by one, as in `predict`: the masks drawn are those that decided.
    for clip in clips:
        with torch.inference_mode():
            looks = model.network(*model.inputs([clip])).looks
        for of_scale, look in zip(maps, looks, strict=True):
            of_scale.append(grids(look.weights * look.mask))
    return [np.concatenate(of_scale) for of_scale in maps]


def grad_cams(model: Fitted, clips: Sequence[Description]) -> list[Array]:
    """Grad-CAM of the patch features of each scale, for the predicted class.

    Returns:
        (n, g, g) for each scale, from 0 to 1; 0 throughout where nothing supports the class.
    """
    layers = model.network.patch_maps

    def logits(*frames: Tensor) -> Tensor:
        return cast(Reading, model.network(*frames)).scores

    found = [
        grad_cam(logits, layers, tuple(x for x in model.inputs([clip]) if x is not None))
        for clip in clips
    ]
    return [
        np.stack([one / max(one.max(), 1e-12) for one in of_scale])
        for of_scale in zip(*found, strict=True)
    ]


def spread(grid: Array, shape: tuple[int, int], smooth: bool) -> Array:
    """A map (g, g) over an image of a shape (h, w), as flat patches or smoothed."""
    how = cv2.INTER_CUBIC if smooth else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(grid, shape[::-1], interpolation=how))


def plate(model: Fitted, clips: Sequence[Description], names: Sequence[str], title: str) -> Figure:
    """A row for each clip: onset, apex, then mask and Grad-CAM of every scale over the apex.

    Args:
        model: a trained network.
        clips: to be drawn.
        names: of the clips.
        title: says what is shown; of a stand-in it must say SYNTHETIC.
    """
    kept, cams = kept_attention(model, clips), grad_cams(model, clips)
    columns = 2 + 2 * len(kept)
    figure = Figure(figsize=(1.5 * columns, 1.6 * len(clips) + 0.6), layout="constrained")
    figure.suptitle(title)
    axes = figure.subplots(len(clips), columns, squeeze=False)
    for i, (clip, name) in enumerate(zip(clips, names, strict=True)):
        onset, apex = part(clip, "onset"), part(clip, "apex")
        show(axes[i, 0], onset, "onset" if i == 0 else "")
        axes[i, 0].set_ylabel(name, fontsize=7)
        show(axes[i, 1], apex, "apex" if i == 0 else "")
        for j, number in enumerate(model.config.scales):
            # Dimmed and not black, so that one can see what was removed.
            masked = np.where(kept[j][i] > 0, 1.0, 0.25)
            seen = apex * spread(masked, apex.shape[:2], smooth=False)[..., None]
            heading = f"mask, scale {number}" if i == 0 else ""
            show(axes[i, 2 + 2 * j], seen.astype(np.uint8), heading)
            heading = f"Grad-CAM, scale {number}" if i == 0 else ""
            show(axes[i, 3 + 2 * j], apex, heading)
            heat = spread(cams[j][i], apex.shape[:2], smooth=True)
            axes[i, 3 + 2 * j].imshow(heat, cmap="inferno", alpha=0.5, vmin=0, vmax=1)
    return figure


def pictures(model: Model, clips: Mapping[str, Description]) -> dict[str, Figure]:
    """`plate` as the harness asks for it; no figure where only the global feature is used."""
    if not isinstance(model, Fitted) or not model.config.scales:
        return {}
    title = (
        "patches that the mask removes are dark; Grad-CAM is bright where a patch supports "
        "the predicted class"
    )
    return {"attention": plate(model, list(clips.values()), list(clips), title)}


def show(axes: Axes, image: Array, heading: str) -> None:
    """An image without ticks."""
    axes.imshow(image)
    axes.set_title(heading, fontsize=8)
    axes.set_xticks([])
    axes.set_yticks([])
