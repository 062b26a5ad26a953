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
from bench.views.flow.pyramid import doubled, pyramid

SETTLED = 2
"""Iterations of a linearisation after which the next one starts from nearly the same flow."""

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
    padded: Array, row: int, column: int, right: Array, down: Array, start: int, out: Array
) -> None:
    """Bicubic samples of one run of pixels whose stencils lie next to each other.

    Args:
        padded: (h + 3, w + 3) image; its border as in `linearise`.
        row: the top row of the stencils.
        column: the first column of the first pixel's stencil.
        right: (w,) where the samples of a row lie between two columns, 0..1.
        down: (w,) where they lie between two rows.
        start: the first pixel.
        out: (n,) gets the samples.
    """
    n = len(out)
    tx, ty = right[start : start + n], down[start : start + n]
    end = column + n + 3
    r0, r1 = padded[row, column:end], padded[row + 1, column:end]
    r2, r3 = padded[row + 2, column:end], padded[row + 3, column:end]
    for x in range(n):
        a, b, c, d = cubic(tx[x])
        e, f, g, h = cubic(ty[x])
        first = a * r0[x] + b * r0[x + 1] + c * r0[x + 2] + d * r0[x + 3]
        second = a * r1[x] + b * r1[x + 1] + c * r1[x + 2] + d * r1[x + 3]
        third = a * r2[x] + b * r2[x + 1] + c * r2[x + 2] + d * r2[x + 3]
        fourth = a * r3[x] + b * r3[x + 1] + c * r3[x + 2] + d * r3[x + 3]
        out[x] = e * first + f * second + g * third + h * fourth


@compiled
def locate(u: Array, v: Array, y: int, height: int, places: Array, shifts: Array) -> None:
    """Where the pixels of one row go.

    Args:
        u: (w,) flow to the right of row y.
        v: (w,) flow down.
        y: the row.
        height: of the image.
        places: (2, w) gets the parts of a pixel to the right and down.
        shifts: (w,) gets a number for the whole pixels, alike where stencils lie side by side; -1
            outside of the image.
    """
    w = len(u)
    right, down = places[0], places[1]
    last, bottom, middle = np.float32(w - 1), np.float32(height - 1), np.float32(y)
    for x in range(w):
        # Cast first, as numba adds integers and float32 in double precision.
        place_x, place_y = np.float32(x) + u[x], middle + v[x]
        inside = (place_x >= 0) & (place_x <= last) & (place_y >= 0) & (place_y <= bottom)
        # Places are at least 0 here, so that the cast rounds down.
        i, j = np.int32(place_y if inside else 0), np.int32(place_x if inside else 0)
        right[x], down[x] = place_x - np.float32(j), place_y - np.float32(i)
        # A row has more numbers than there are shifts within it.
        shifts[x] = np.int32(i * 2 * w + w + j - x) if inside else -1


@compiled
def reduce(
    first: Array, u: Array, v: Array, dx: Array, dy: Array, inverse: Array, rest: Array
) -> None:
    """From one row of the warped image and gradient to what the iterations take.

    `rest` becomes what of the linearised residual stays fixed while u and v are refined, and
    `inverse` the reciprocal of the squared gradient.
    """
    for x in range(len(rest)):
        rest[x] = rest[x] - dx[x] * u[x] - dy[x] * v[x] - first[x]
    for x in range(len(rest)):
        inverse[x] = np.float32(1) / (dx[x] * dx[x] + dy[x] * dy[x] + GRADIENT_IS_ZERO)


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

    Where neighbours move by the same whole pixels, their stencils lie side by side, and they are
    sampled together: in smooth flow these are long runs, and processors load them at once.

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
    places = np.empty((2, w), np.float32)
    shifts = np.empty(w, np.int32)
    for y in range(h):
        locate(u[y], v[y], y, h, places, shifts)
        dx, dy, inverse, rest = out[0, y], out[1, y], out[2, y], out[3, y]
        start = 0
        while start < w:
            end = start + 1
            while end < w and shifts[end] == shifts[start]:
                end += 1
            if shifts[start] < 0:
                dx[start:end] = dy[start:end] = rest[start:end] = 0
            else:
                row, column = shifts[start] // (2 * w), shifts[start] % (2 * w) - w + start
                sample(gradient_x, row, column, places[0], places[1], start, dx[start:end])
                sample(gradient_y, row, column, places[0], places[1], start, dy[start:end])
                sample(second, row, column, places[0], places[1], start, rest[start:end])
            start = end
        reduce(first[y], u[y], v[y], dx, dy, inverse, rest)
        for x in range(w):
            if shifts[x] < 0:
                inverse[x] = rest[x] = 0


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
def descend(
    u: Array, gradient: Array, row: int, step: Array, px: Array, py: Array, theta: float
) -> float:
    """Primal update of one row of one component; returns the sum of squared changes.

    The flow goes along the gradient, and by theta times the divergence of its dual field: backward
    differences; the field has a row of zeros on top.
    """
    move = step[0] * gradient[row, 0] + theta * (px[row + 1, 0] + py[row + 1, 0] - py[row, 0])
    u[row, 0] += move
    # In single precision within a row, like the arrays, so that the loop is vectorised; `sweep`
    # adds up the rows in double.
    change = move * move
    for x in range(1, len(step)):
        div = px[row + 1, x] - px[row + 1, x - 1] + py[row + 1, x] - py[row, x]
        move = step[x] * gradient[row, x] + theta * div
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
def sweep(u: Array, v: Array, data: Array, dual: Array, numbers: Array, step: Array) -> float:
    """One iteration: primal on row y, dual on row y - 1; returns the sum of squared changes."""
    # indexed, not unpacked: numba takes the parts of an unpacked array for strided ones
    rate, limit, theta = numbers[0], numbers[1], numbers[2]
    ux, uy, vx, vy = dual[0], dual[1], dual[2], dual[3]
    gx, gy, inverse, rest = data[0], data[1], data[2], data[3]
    change = 0.0
    h = len(u)
    # One row more than the image has: the dual of the last row follows its primal.
    for y in range(h + 1):
        if y < h:
            clamp(gx, gy, inverse, rest, u, v, y, limit, step)
            change += descend(u, gx, y, step, ux, uy, theta)
            change += descend(v, gy, y, step, vx, vy, theta)
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
    step = np.empty(w, np.float32)
    settled = False
    for _ in range(warps):
        # Where the flow has hardly moved, warping by it again would change next to nothing.
        if not settled:
            linearise(first, second, gradient_x, gradient_y, u, v, data)
        done = 0
        change = np.inf
        while change > enough and done < iterations:
            change = sweep(u, v, data, dual, numbers, step)
            done += 1
        settled = done <= SETTLED and change <= enough
