"""Local binary pattern codes and their block histograms, compiled.

In a volume stored row by row, every neighbour is a fixed number of bytes away. So a
run of rows is coded at once, point by point, in loops over contiguous bytes: the columns of the
border are coded with the rest and left out when counting.
"""

from __future__ import annotations

import numpy as np

from bench.core.compiled import compiled
from bench.core.types import Array


@compiled
def code_run(
    flat: Array, start: int, shifts: Array, weights: Array, levels: Array, run: Array
) -> None:
    """Codes of the pixels from `start` on, into `run`.

    Sums of grey levels times weights are below 2^16: 128 x 255 at most.

    Args:
        flat: (pixels,) uint8.
        start: the first pixel.
        shifts: (points, 4) int64, how far the pixels are that a point is averaged of.
        weights: (points, 4) uint16 that sum to 128; a first one of 128 is a single pixel.
        levels: (2, n) uint16, working memory.
        run: (n,) uint8, gets the codes.
    """
    n = len(run)
    centre = flat[start : start + n]
    scaled, sums = levels[0], levels[1]
    for x in range(n):
        run[x] = 0
        # Times 128, which is what the weights of a point sum to.
        scaled[x] = centre[x] << 7
    for p in range(len(shifts)):
        bit = np.uint8(1 << p)
        at = start + shifts[p]
        a = flat[at[0] : at[0] + n]
        # The point is exactly a pixel: nothing to interpolate.
        if weights[p, 0] == 128:
            for x in range(n):
                # A value and no branch, so that the loop is vectorised.
                run[x] |= bit if a[x] >= centre[x] else np.uint8(0)
            continue
        b, c, d = flat[at[1] : at[1] + n], flat[at[2] : at[2] + n], flat[at[3] : at[3] + n]
        wa, wb, wc, wd = weights[p, 0], weights[p, 1], weights[p, 2], weights[p, 3]
        for x in range(n):
            sums[x] = wa * a[x] + wb * b[x] + wc * c[x] + wd * d[x]
        for x in range(n):
            run[x] |= bit if sums[x] >= scaled[x] else np.uint8(0)


@compiled
def block_counts(
    volume: Array,
    shifts: Array,
    weights: Array,
    counts: Array,
    margin: Array,
    rows: Array,
    columns: Array,
    bins: int,
) -> Array:
    """How often each code occurs in each block: (down, right, planes, bins) int64.

    Args:
        volume: (t, h, w) uint8, contiguous.
        shifts: (planes, points, 4); see `code_run`.
        weights: (planes, points, 4).
        counts: (planes,) points of each plane.
        margin: (3,) rt, ry, rx.
        rows: (down, 2) first row of each block's codes, and the one after its last.
        columns: (right, 2) the same of columns.
        bins: 2 to the power of the most points.
    """
    rt, rx = margin[0], margin[2]
    frames, h, w = volume.shape
    out = np.zeros((len(rows), len(columns), len(shifts), bins), np.int64)
    flat = volume.reshape(-1)
    for i in range(len(rows)):
        height = rows[i, 1] - rows[i, 0]
        # It ends rx pixels before the last row does: neighbours of those would lie beyond the
        # volume.
        run = np.empty(height * w - 2 * rx, np.uint8)
        levels = np.empty((2, len(run)), np.uint16)
        for k in range(len(shifts)):
            for t in range(rt, frames - rt):
                start = (t * h + rows[i, 0]) * w + rx
                code_run(flat, start, shifts[k, : counts[k]], weights[k, : counts[k]], levels, run)
                for y in range(height):
                    for j in range(len(columns)):
                        histogram = out[i, j, k]
                        for x in range(y * w + columns[j, 0] - rx, y * w + columns[j, 1] - rx):
                            histogram[run[x]] += 1
    return out
