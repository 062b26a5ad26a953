"""How far every frame has moved from the onset."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.flow.optical import Algorithm, flow_between
from bench.views.texture import texture_frames
from bench.views.tim import frames_or_interpolated


@view(version=2, of="interpolated_frames texture_frames", stored=False)
def flow_from_onset(
    clip: Views,
    num_frames: int = 10,
    size: tuple[int, int] | None = None,
    textured: bool = False,
    algorithm: Algorithm = "tvl1",
) -> Array:
    """Flow from the first frame to each later one: (n - 1, 2, h, w) float32, px.

    Args:
        clip: the clip; a single frame gives one field of zeros.
        num_frames: n, frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) the frames are resized to.
        textured: between the frames' textures; see `bench.views.texture`.
        algorithm: see `flow_between`.
    """
    if textured:
        frames = texture_frames(clip, num_frames, size)
    else:
        frames = frames_or_interpolated(clip, num_frames, size)
    later = frames[1:] if len(frames) > 1 else frames
    return np.stack([flow_between(frames[0], frame, algorithm) for frame in later])
