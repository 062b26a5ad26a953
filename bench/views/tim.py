"""The temporal interpolation model: clips of any length brought to one."""

from __future__ import annotations

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import gray_frames


def interpolation(frames: int, num_frames: int) -> Array:
    """Weights (num_frames, frames) of the temporal interpolation model; rows sum to 1.

    Zhou, Zhao, Pietikäinen (CVPR 2011) embed the frames on the curve of a path graph's Laplacian
    eigenvectors, y_k(i) = cos(πk (i - ½) / n) for frame i = 1..n, and map the curve back to images
    through the singular vectors of the centred frames. The centred frames and the n - 1 curves
    span the same space of time courses, so the map back is the frames times the curves'
    pseudo-inverse: the singular vectors cancel, and what remains are weights that depend on the
    two lengths alone. So stated it also holds for linearly dependent frames (duplicates), where
    the original inverts a singular matrix.

    Args:
        frames: n, at least 1.
        num_frames: how many moments, evenly from the first frame to the last, at least 1; with 1 it
            is the first.

    Raises:
        BenchError: a number below 1.
    """
    if min(frames, num_frames) < 1:
        raise BenchError(
            f"cannot interpolate {frames} frames to {num_frames}: both must be 1 or more"
        )
    k = np.arange(frames)[:, None]
    at_frames = np.cos(np.pi * k * (np.arange(frames) + 0.5) / frames)
    moments = np.linspace(0, frames - 1, num_frames) + 0.5
    at_moments = np.cos(np.pi * k * moments / frames)
    # the curves are orthogonal: with k = 0, the mean frame, their squares sum to n, else to n / 2
    squares = np.where(k == 0, frames, frames / 2)
    weights: Array = (at_moments / squares).T @ at_frames
    return weights


def interpolated(frames: Array, num_frames: int) -> Array:
    """Frames (n, h, w) uint8 brought to (num_frames, h, w) uint8."""
    # The weights would be the identity but for rounding.
    if len(frames) == num_frames:
        return frames
    weights = interpolation(len(frames), num_frames)
    # double precision, so that no rounding to a grey level depends on the order of a sum
    values = weights @ frames.reshape(len(frames), -1).astype(np.float64)
    levels: Array = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return levels.reshape(num_frames, *frames.shape[1:])


@view(version=1, of="gray_frames", stored=False)
def interpolated_frames(
    clip: Views, num_frames: int = 10, size: tuple[int, int] | None = None
) -> Array:
    """Grey frames, resized to (height, width), interpolated in time: (num_frames, h, w) uint8."""
    return interpolated(gray_frames(clip, size), num_frames)


def frames_or_interpolated(
    clip: Views, num_frames: int, size: tuple[int, int] | None = None
) -> Array:
    """`interpolated_frames`, or the clip's own `gray_frames` where num_frames is 0."""
    return interpolated_frames(clip, num_frames, size) if num_frames else gray_frames(clip, size)
