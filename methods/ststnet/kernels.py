"""STSTNet's convolution stage on a CPU: each plane stays in the first-level cache.

A plain implementation writes the 16 x 30 x 30 activations of every clip to memory seven times
(convolution, ReLU, normalisation, pooling, and back). Batch normalisation is affine per channel,
so pooling may come first, and all that it needs of the full-size activations are two sums.

Layout: a 28 x 28 plane is embedded at (2, 2) of a 32 x 32 one, then flattened and padded to `SPAN`,
so that a tap of the 3 x 3 kernel is a shift by a constant. A flattened 30 x 32 output has two
columns a row that belong to no position; they hold zero.
"""

from __future__ import annotations

import numba
import numpy as np

from bench.core.types import Array

jit = numba.njit(cache=True, fastmath={"reassoc", "contract", "nsz", "arcp"})

WIDTH = 32
SIDE = 30
AREA = SIDE * WIDTH
# The last taps of the last, unused columns read beyond the 32 x 32 plane.
SPAN = WIDTH * WIDTH + 16
POOLED = 10


@jit  # type: ignore[untyped-decorator]
def forward(x: Array, weight: Array, bias: Array, sign: Array) -> tuple[Array, Array, Array]:
    """Convolve, rectify, pool, and sum up for the batch statistics.

    Args:
        x: (n, 3, SPAN) planes.
        weight: (channels, 3, 9).
        bias: (channels,).
        sign: (channels,) +1 to pool the largest activation of a window, -1 the smallest.

    Returns:
        activations (n, channels, AREA), pooled (n, channels, 10, 10), and (2, channels) float64
        sums of the activations and of their squares.
    """
    n, channels = len(x), len(weight)
    y = np.empty((n, channels, AREA), x.dtype)
    pooled = np.empty((n, channels, POOLED, POOLED), x.dtype)
    sums = np.zeros((2, channels))
    rows = np.empty(SIDE + 1, x.dtype)
    for i in range(n):
        for c in range(channels):
            w, out, s = weight[c], y[i, c], sign[c]
            for p in range(AREA):
                total = bias[c]
                for plane in range(3):
                    for dy in range(3):
                        for dx in range(3):
                            total += w[plane, 3 * dy + dx] * x[i, plane, p + WIDTH * dy + dx]
                out[p] = max(total, x.dtype.type(0))
            for row in range(SIDE):
                out[row * WIDTH + SIDE] = 0
                out[row * WIDTH + SIDE + 1] = 0
            # In the planes' own type within a clip, for speed; in double precision over clips.
            first, second = x.dtype.type(0), x.dtype.type(0)
            for p in range(AREA):
                first += out[p]
                second += out[p] * out[p]
            sums[0, c] += first
            sums[1, c] += second
            for row in range(POOLED):
                top = max(3 * row - 1, 0) * WIDTH
                middle, bottom = 3 * row * WIDTH, (3 * row + 1) * WIDTH
                for p in range(SIDE):
                    rows[p + 1] = max(s * out[top + p], s * out[middle + p], s * out[bottom + p])
                # Padding: to repeat a value changes no maximum, so nothing need stand for minus
                # infinity.
                rows[0] = rows[1]
                for column in range(POOLED):
                    a, b, d = rows[3 * column], rows[3 * column + 1], rows[3 * column + 2]
                    pooled[i, c, row, column] = s * max(a, b, d)
    return y, pooled, sums


@jit  # type: ignore[untyped-decorator]
def backward(
    x: Array, y: Array, pooled: Array, gradient: Array, constant: Array, slope: Array
) -> tuple[Array, Array]:
    """Gradients of weight and bias.

    Args:
        x: (n, 3, SPAN) planes.
        y: (n, channels, AREA) activations.
        pooled: (n, channels, 10, 10).
        gradient: of the loss by `pooled`; it goes to the first position of a window that holds
            the pooled value.
        constant: (channels,) and
        slope: (channels,): the gradient by an activation y through the batch statistics is
            constant + slope * y.

    Returns:
        (channels, 3, 9) and (channels,) gradients.
    """
    n, channels = y.shape[:2]
    dw = np.zeros((channels, 3, 9), np.float64)
    db = np.zeros(channels, np.float64)
    g = np.empty(AREA, x.dtype)
    zero = x.dtype.type(0)
    for i in range(n):
        for c in range(channels):
            out = y[i, c]
            for p in range(AREA):
                g[p] = constant[c] + slope[c] * out[p] if out[p] > 0 else zero
            _scatter(g, out, pooled[i, c], gradient[i, c])
            total = zero
            for p in range(AREA):
                total += g[p]
            db[c] += total
            for plane in range(3):
                _correlate(g, x[i, plane], dw[c, plane])
    return dw, db


@jit  # type: ignore[untyped-decorator]
def _scatter(g: Array, out: Array, pooled: Array, gradient: Array) -> None:
    """Add each window's gradient at the first position, row by row, that holds its value.

    Without a branch: dropout makes them unpredictable. Windows at the upper and left border meet
    their first row and column twice, which changes nothing.
    """
    for row in range(POOLED):
        for column in range(POOLED):
            value, where = pooled[row, column], 0
            # Downwards, so that the first of equal positions is the last to be written.
            for k in range(8, -1, -1):
                p = max(3 * row + k // 3 - 1, 0) * WIDTH + max(3 * column + k % 3 - 1, 0)
                where = p if out[p] == value else where
            g[where] += gradient[row, column] if value > 0 else 0


@jit  # type: ignore[untyped-decorator]
def _correlate(g: Array, x: Array, dw: Array) -> None:
    """Add the nine shifted inner products of a gradient and a plane."""
    # Nine variables and not an array, so that they can stay in registers.
    a = b = c = d = e = f = h = j = k = x.dtype.type(0)
    for p in range(AREA):
        v = g[p]
        a += v * x[p]
        b += v * x[p + 1]
        c += v * x[p + 2]
        d += v * x[p + WIDTH]
        e += v * x[p + WIDTH + 1]
        f += v * x[p + WIDTH + 2]
        h += v * x[p + 2 * WIDTH]
        j += v * x[p + 2 * WIDTH + 1]
        k += v * x[p + 2 * WIDTH + 2]
    dw[0] += a
    dw[1] += b
    dw[2] += c
    dw[3] += d
    dw[4] += e
    dw[5] += f
    dw[6] += h
    dw[7] += j
    dw[8] += k
