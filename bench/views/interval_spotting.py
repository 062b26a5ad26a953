"""Spotting the interval of a long video in which the face moves most briefly."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from bench.core.types import Array
from bench.views.apex_spotting import block_means, levelled, strongest_mean

LONGEST = 0.5
"""Seconds that a micro-expression lasts at most (Yan et al. 2013)."""


def spotted_interval(frames: Iterable[Array], rate: float) -> tuple[int, int, int]:
    """Onset, apex and offset of the briefest strong movement of a video, by feature difference.

    After Moilanen et al. (ICPR 2014): each frame is compared, block by block, with the mean of the
    two frames half a micro-expression before and after it; slower movement, of the head say, hardly
    counts. The curve of the strongest blocks, less its own mean at those two frames, peaks at the
    apex. There the blocks hold mean differences of grey levels, not histograms of LBP. It always
    finds one: nothing says that it is a micro-expression.

    Args:
        frames: uint8 (h, w) or (h, w, 3) of one size, one by one; only those of an interval are
            held.
        rate: frames a second.

    Returns:
        positions; of a video shorter than an interval its first, middle and last.
    """
    half = max(1, round(rate * LONGEST / 2))
    curve = np.array(list(_differences(frames, half)))
    count = len(curve)
    if count <= 2 * half:
        return 0, count // 2, max(count - 1, 0)
    padded = np.pad(curve, half, mode="edge")
    contrast = curve - (padded[: -2 * half] + padded[2 * half :]) / 2
    apex = half + int(contrast[half:-half].argmax())
    return apex - half, apex, apex + half


def _differences(frames: Iterable[Array], half: int) -> Iterable[float]:
    """For each frame its difference from the mean of those `half` before and after; 0 at ends."""
    window: deque[Array] = deque(maxlen=2 * half + 1)
    count = 0
    for frame in frames:
        window.append(levelled(frame[None])[0])
        count += 1
        if count <= half:
            yield 0.0
        elif len(window) == 2 * half + 1:
            mean = (window[0] + window[-1]) / 2
            yield float(strongest_mean(block_means(np.abs(window[half] - mean)[None]))[0])
    yield from [0.0] * min(half, max(count - half, 0))
