"""Histograms of oriented gradients of the onset or the apex frame."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import key_frames


@view(version=1, of="key_frames")
def gradient_histograms(
    clip: Views, moment: Literal["onset", "apex"] = "apex", size: tuple[int, int] = (136, 112)
) -> Array:
    """HOG of one frame (Dalal, Triggs 2005): float32, 9 bins, 8 x 8 px cells, 2 x 2 cells a block.

    Args:
        clip: the clip.
        moment: which frame.
        size: (height, width) that the frame is resized to.
    """
    from skimage.feature import hog

    onset, apex = key_frames(clip, size)
    described: Array = hog(onset if moment == "onset" else apex, 9, (8, 8), (2, 2))
    return described.astype(np.float32)
