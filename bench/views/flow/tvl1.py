"""TV-L1 optical flow, compiled: one pass over memory an iteration.

Zach, Pock, Bischof 2007, with the numerics of Sánchez, Meinhardt-Llopis, Facciolo, IPOL 2013. It
minimises the total variation of the flow plus lambda times the absolute brightness residual. The
residual's threshold and the dual ascent of the row above are done in the same sweep (the threshold
as a clamp, Sánchez et al. eq. 12), so that the working set is read once. Every row is worked in
several short loops over few arrays, which is what LLVM can prove safe to vectorise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bench.core.compiled import compiled
from bench.core.types import Array

SMALLEST = 16
"""Pixels along the shorter side below which the pyramid stops."""

# IPOL's GRAD_IS_ZERO: keeps the reciprocal finite where the image is flat.
GRADIENT_IS_ZERO = np.float32(1e-10)
Scalar = Any
"""A float32, or a uint32 where it is an index: numba needs no check that those are not below 0."""


def flow(
    first: Array,
    second: Array,
    *,
    tau: float = 0.25,
    weight: float = 0.15,
    theta: float = 0.3,
    scales: int = 5,
    warps: int = 5,
    epsilon: float = 0.01,
    iterations: int = 300,
    presmooth: float = 0.0,
) -> Array:
    """Flow from `first` to `second`: second(x + flow) is first(x).

    Args:
        first: (h, w) grey image, 0..255.
        second: (h, w) grey image, 0..255.
        tau: time step of the dual ascent.
        weight: lambda, of the data term against the smoothness.
        theta: tightness of the coupling.
        scales: of the pyramid, each half the size of the one before.
        warps: linearisations a scale.
        epsilon: an inner loop stops when the root mean square update is below, px.
        iterations: an inner loop's limit.
        presmooth: standard deviation of a Gaussian that both images are smoothed with first, px.
            Sánchez et al. take 0.8; on faces with camera noise that leaves a third more error,
            as the same lambda then trusts what is left of the noise.

    Returns:
        (2, h, w) float32: u right and v down, px.
    """
    below = pyramid(first, scales, presmooth)
    above = pyramid(second, scales, presmooth)
    u, v = np.zeros((2, *below[-1].shape), np.float32)
    # In a float32 array: as Python floats they would make numba compute in double precision.
    numbers = np.array([tau / theta, weight * theta, theta, epsilon * epsilon], np.float32)
    for a, b in zip(reversed(below), reversed(above), strict=True):
        if u.shape != a.shape:
            u, v = doubled(u, a.shape), doubled(v, a.shape)
        # The bicubic stencil reads one pixel before a place and two after it.
        # Reversed, since np.gradient returns the derivative down before that to the right.
        second, gradient_x, gradient_y = (
            np.pad(q, (1, 2), "edge") for q in (b, *np.gradient(b)[::-1])
        )
        solve(a, second, gradient_x, gradient_y, u, v, numbers, warps, iterations)
    return np.stack([u, v])


def pyramid(image: Array, scales: int, presmooth: float) -> list[Array]:
    """The image smoothed, and halved again and again: (h, w), (h/2, w/2) ... float32."""
    import cv2

    # sigma of IPOL's zoom-out at a factor of one half
    anti_alias = 0.6 * math.sqrt(3.0)
    finest = image.astype(np.float32)
    levels = [cv2.GaussianBlur(finest, (0, 0), presmooth) if presmooth else finest]
    # Blurred before every second pixel is dropped: else fine texture aliases into false motion.
    while len(levels) < scales and min(levels[-1].shape) >= 2 * SMALLEST:
        # Copied, as the kernels are vectorised for contiguous rows.
        levels.append(cv2.GaussianBlur(levels[-1], (0, 0), anti_alias)[::2, ::2].copy())
    return levels


def doubled(component: Array, shape: tuple[int, int]) -> Array:
    """One flow component of the next finer scale: pixel (y, x) goes to (2y, 2x), linear between."""
    finer = np.empty(shape, np.float32)
    finer[::2, ::2] = component
    rows, columns = finer[1::2, ::2], finer[:, 1::2]
    rows[:-1] = (component[:-1] + component[1:])[: len(rows) - 1] / 2
    # At an even size the last row has no coarse pixel below it to interpolate with.
    rows[-1] = component[-1] if shape[0] % 2 == 0 else (component[-2] + component[-1]) / 2
    even = finer[:, ::2]
    columns[:, :-1] = ((even[:, :-1] + even[:, 1:]) / 2)[:, : columns.shape[1] - 1]
    columns[:, -1] = even[:, -1] if shape[1] % 2 == 0 else (even[:, -2] + even[:, -1]) / 2
    # A displacement in px doubles with the image.
    return 2 * finer


@compiled
def cubic(t: Scalar) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Weights of the pixels at -1, 0, 1, 2 for a place t in 0..1 (Catmull-Rom)."""
    half = np.float32(0.5)
    square, cube = t * t, t * t * t
    return (
        square - half * (cube + t),
        np.float32(1.5) * cube - np.float32(2.5) * square + np.float32(1),
        np.float32(2.0) * square - np.float32(1.5) * cube + half * t,
        half * (cube - square),
    )


@compiled
def sample(
    padded: Array,
    i: Scalar,
    j: Scalar,
    down: tuple[Scalar, Scalar, Scalar, Scalar],
    right: tuple[Scalar, Scalar, Scalar, Scalar],
) -> Scalar:
    """Bicubic sample: padded[i:i+4, j:j+4] weighted by `down` and `right`."""
    i1, i2, i3 = i + np.uint32(1), i + np.uint32(2), i + np.uint32(3)
    j1, j2, j3 = j + np.uint32(1), j + np.uint32(2), j + np.uint32(3)
    a, b, c, d = right
    first = a * padded[i, j] + b * padded[i, j1] + c * padded[i, j2] + d * padded[i, j3]
    second = a * padded[i1, j] + b * padded[i1, j1] + c * padded[i1, j2] + d * padded[i1, j3]
    third = a * padded[i2, j] + b * padded[i2, j1] + c * padded[i2, j2] + d * padded[i2, j3]
    fourth = a * padded[i3, j] + b * padded[i3, j1] + c * padded[i3, j2] + d * padded[i3, j3]
    return down[0] * first + down[1] * second + down[2] * third + down[3] * fourth


@compiled
def linearise(
    first: Array,
    second: Array,
    gradient_x: Array,
    gradient_y: Array,
    u: Array,
    v: Array,
    out: Array,
) -> None:
    """Warp the second image and its gradient by the flow, bicubic.

    A pixel that the flow takes outside has no data term; were the border repeated there, the flow
    along it would run away.

    Args:
        first: (h, w).
        second: (h + 3, w + 3), the border repeated once above and left, twice below and right.
        gradient_x: of the second, likewise.
        gradient_y: of the second, likewise.
        u: (h, w).
        v: (h, w).
        out: (4, h, w), gets the warped gradient (2), the reciprocal of its square, and the
            residual at zero flow.
    """
    h, w = first.shape
    for y in range(h):
        for x in range(w):
            # Cast first, as numba adds integers and float32 in double precision.
            place_x, place_y = np.float32(x) + u[y, x], np.float32(y) + v[y, x]
            if not (0 <= place_x <= w - 1 and 0 <= place_y <= h - 1):
                out[0, y, x] = out[1, y, x] = out[2, y, x] = out[3, y, x] = 0
                continue
            # Places are at least 0 here, so that the cast rounds down.
            i, j = np.uint32(place_y), np.uint32(place_x)
            down, right = cubic(place_y - np.float32(i)), cubic(place_x - np.float32(j))
            value = sample(second, i, j, down, right)
            dx = sample(gradient_x, i, j, down, right)
            dy = sample(gradient_y, i, j, down, right)
            out[0, y, x] = dx
            out[1, y, x] = dy
            out[2, y, x] = np.float32(1) / (dx * dx + dy * dy + GRADIENT_IS_ZERO)
            # What of the linearised residual stays fixed while u and v are refined.
            out[3, y, x] = value - dx * u[y, x] - dy * v[y, x] - first[y, x]


@compiled
def divergence(px: Array, py: Array, row: int, out: Array) -> None:
    """Backward-difference divergence of one row of a dual field that has a row of zeros on top."""
    out[0] = px[row, 0] + py[row, 0] - py[row - 1, 0]
    for x in range(1, len(out)):
        out[x] = px[row, x] - px[row, x - 1] + py[row, x] - py[row - 1, x]


@compiled
def clamp(
    gx: Array,
    gy: Array,
    inverse: Array,
    rest: Array,
    u: Array,
    v: Array,
    row: int,
    limit: float,
    out: Array,
) -> None:
    """Step along the image gradient that the brightness residual asks for, one row."""
    for x in range(len(out)):
        residual = rest[row, x] + gx[row, x] * u[row, x] + gy[row, x] * v[row, x]
        out[x] = min(max(-residual * inverse[row, x], -limit), limit)


@compiled
def descend(u: Array, gradient: Array, row: int, step: Array, div: Array, theta: float) -> float:
    """Primal update of one row of one component; returns the sum of squared changes."""
    # In single precision within a row, like the arrays, so that the loop is vectorised; `sweep`
    # adds up the rows in double.
    change = np.float32(0)
    for x in range(len(step)):
        move = step[x] * gradient[row, x] + theta * div[x]
        u[row, x] += move
        change += move * move
    return float(change)


@compiled
def ascend(u: Array, row: int, below: int, px: Array, py: Array, rate: float) -> None:
    """Dual update of one row of one component, forward differences, none across the border."""
    one = np.float32(1)
    last = u.shape[1] - 1
    # Dividing by 1 + rate |∇u| keeps the dual within the unit ball (Chambolle 2004).
    for x in range(last):
        dx, dy = u[row, x + 1] - u[row, x], u[below, x] - u[row, x]
        norm = one / (one + rate * math.sqrt(dx * dx + dy * dy))
        px[row + 1, x] = (px[row + 1, x] + rate * dx) * norm
        py[row + 1, x] = (py[row + 1, x] + rate * dy) * norm
    dy = u[below, last] - u[row, last]
    norm = one / (one + rate * abs(dy))
    px[row + 1, last] *= norm
    py[row + 1, last] = (py[row + 1, last] + rate * dy) * norm


@compiled
def sweep(u: Array, v: Array, data: Array, dual: Array, numbers: Array, rows: Array) -> float:
    """One iteration: primal on row y, dual on row y - 1; returns the sum of squared changes."""
    # indexed, not unpacked: numba takes the parts of an unpacked array for strided ones
    rate, limit, theta = numbers[0], numbers[1], numbers[2]
    ux, uy, vx, vy = dual[0], dual[1], dual[2], dual[3]
    gx, gy, inverse, rest = data[0], data[1], data[2], data[3]
    step, div = rows[0], rows[1]
    change = 0.0
    h = len(u)
    # One row more than the image has: the dual of the last row follows its primal.
    for y in range(h + 1):
        if y < h:
            clamp(gx, gy, inverse, rest, u, v, y, limit, step)
            divergence(ux, uy, y + 1, div)
            change += descend(u, gx, y, step, div, theta)
            divergence(vx, vy, y + 1, div)
            change += descend(v, gy, y, step, div, theta)
        if y > 0:
            below = min(y, h - 1)
            ascend(u, y - 1, below, ux, uy, rate)
            ascend(v, y - 1, below, vx, vy, rate)
    return change


@compiled
def solve(
    first: Array,
    second: Array,
    gradient_x: Array,
    gradient_y: Array,
    u: Array,
    v: Array,
    numbers: Array,
    warps: int,
    iterations: int,
) -> None:
    """Refine the flow (u, v) in place at one scale.

    `numbers` are tau / theta, lambda theta, theta, and epsilon squared.
    """
    h, w = first.shape
    # The root mean square change against epsilon, without root and division.
    enough = numbers[3] * h * w
    # Not reset at each warp: the dual of one linearisation is a good start for the next.
    dual = np.zeros((4, h + 1, w), np.float32)
    data = np.empty((4, h, w), np.float32)
    rows = np.empty((2, w), np.float32)
    for _ in range(warps):
        linearise(first, second, gradient_x, gradient_y, u, v, data)
        for _ in range(iterations):
            if sweep(u, v, data, dual, numbers, rows) <= enough:
                break
