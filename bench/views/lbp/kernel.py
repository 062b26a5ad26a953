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
    flat: Array, start: int, shifts: Array, weights: Array, scaled: Array, run: Array
) -> None:
    """Codes of the pixels from `start` on, into `run`.

    Sums of grey levels times weights are below 2^16: 128 x 255 at most.

    Args:
        flat: (pixels,) uint8.
        start: the first pixel.
        shifts: (points, 4) int64, how far the pixels are that a point is averaged of.
        weights: (points, 4) uint16 that sum to 128; a first one of 128 is a single pixel.
        scaled: (n,) uint16, working memory.
        run: (n,) uint8, gets the codes.
    """
    n = len(run)
    centre = flat[start : start + n]
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
            # Narrowed, so that twice as many are worked at once.
            level = np.uint16(wa * a[x] + wb * b[x] + wc * c[x] + wd * d[x])
            run[x] |= bit if level >= scaled[x] else np.uint8(0)


@compiled
def count_run(run: Array, width: int, first: int, last: int, tables: Array) -> None:
    """Count the codes of columns first..last - 1 of a run of rows.

    Neighbours in a smooth image have the same code, and a count waits for the one before it at the
    same place: four rows in turn are counted in tables of their own.

    Args:
        run: (n,) uint8; its rows are `width` apart and the last one may be shorter.
        width: of the image.
        first: the first column.
        last: the column after the last.
        tables: (4, bins) uint32, which is counted into.
    """
    one = np.uint32(1)
    t0, t1, t2, t3 = tables[0], tables[1], tables[2], tables[3]
    rows = (len(run) - last) // width + 1
    whole = rows // 4 * 4
    for y in range(0, whole, 4):
        at = y * width + first
        r0, r1, r2, r3 = run[at:], run[at + width :], run[at + 2 * width :], run[at + 3 * width :]
        for x in range(last - first):
            t0[r0[x]] += one
            t1[r1[x]] += one
            t2[r2[x]] += one
            t3[r3[x]] += one
    for y in range(whole, rows):
        for x in range(y * width + first, y * width + last):
            t0[run[x]] += one


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
    out = np.empty((len(rows), len(columns), len(shifts), bins), np.int64)
    flat = volume.reshape(-1)
    tables = np.empty((len(columns), 4, bins), np.uint32)
    for i in range(len(rows)):
        # It ends rx pixels before the last row does: neighbours of those would lie beyond the
        # volume.
        run = np.empty((rows[i, 1] - rows[i, 0]) * w - 2 * rx, np.uint8)
        scaled = np.empty(len(run), np.uint16)
        for k in range(len(shifts)):
            tables[:] = 0
            for t in range(rt, frames - rt):
                start = (t * h + rows[i, 0]) * w + rx
                code_run(flat, start, shifts[k, : counts[k]], weights[k, : counts[k]], scaled, run)
                for j in range(len(columns)):
                    count_run(run, w, columns[j, 0] - rx, columns[j, 1] - rx, tables[j])
            for j in range(len(columns)):
                four = tables[j]
                for code in range(bins):
                    out[i, j, k, code] = (
                        four[0, code] + four[1, code] + four[2, code] + four[3, code]
                    )
    return out
