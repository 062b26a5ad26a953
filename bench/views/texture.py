"""Structure-texture decomposition: frames without their shading, before flow is computed."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.tim import frames_or_interpolated

STRUCTURE = 0.95
"""Share of the structure that is subtracted from the image."""
WEIGHT = 1 / 8
"""Of the total variation, for grey levels in -1..1."""


def texture(images: Array) -> Array:
    """What total variation leaves of each image (Wedel et al., Dagstuhl 2009).

    The structure is the image denoised after Rudin, Osher and Fatemi (1992) by Chambolle's
    algorithm; the texture is the image less .95 of it.

    Args:
        images: (n, h, w) grey, 0..255.

    Returns:
        (n, h, w) uint8: 128 is no texture; one scale for all images, the largest one's, so that a
        point keeps its brightness.
    """
    from skimage.restoration import denoise_tv_chambolle

    levels = images.astype(np.float64) / 127.5 - 1
    left = np.stack(
        [image - STRUCTURE * denoise_tv_chambolle(image, weight=WEIGHT) for image in levels]
    )
    largest = np.abs(left).max()
    scale = 127 / largest if largest > 0 else 0.0
    return np.rint(128 + scale * left).astype(np.uint8)


@view(version=1, of="interpolated_frames")
def texture_frames(clip: Views, num_frames: int = 0, size: tuple[int, int] | None = None) -> Array:
    """Texture of the grey frames, `num_frames` of them (0: the clip's own): (n, h, w) uint8."""
    return texture(frames_or_interpolated(clip, num_frames, size))
