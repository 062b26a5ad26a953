"""Views beside slow, obvious implementations of what they say they compute."""

import cv2
import numpy as np
import pytest
from handcrafted_toy import moving

from bench.views.flow import tvl1
from bench.views.lowrank import robust_pca
from bench.views.magnification import SMALLEST, _gains, magnified
from bench.views.texture import STRUCTURE, WEIGHT, texture


def faces(frames: int = 12, size: tuple[int, int] = (85, 70)) -> np.ndarray:
    return moving(1, 0, frames, size).sources["frames"]


def catmull_rom(image: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Samples between pixels, the border repeated; tap by tap."""

    def taps(t):
        return (
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        )

    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    total = np.zeros(y.shape)
    for a, down in enumerate(taps(y - i)):
        for b, right in enumerate(taps(x - j)):
            rows = np.clip(i + a - 1, 0, image.shape[0] - 1)
            columns = np.clip(j + b - 1, 0, image.shape[1] - 1)
            total += down * right * image[rows, columns]
    return total


def plain_tvl1(first, second, warps: int, iterations: int) -> np.ndarray:
    """Zach et al. 2007 at one scale: threshold, divergence and dual ascent one after another."""
    tau, weight, theta = 0.25, 0.15, 0.3
    first, second = first.astype(float), second.astype(float)
    h, w = first.shape
    y, x = np.mgrid[:h, :w].astype(float)
    slopes = np.gradient(second)[::-1]
    flow, dual = np.zeros((2, h, w)), np.zeros((2, 2, h, w))
    for _ in range(warps):
        there = y + flow[1], x + flow[0]
        inside = (there[0] >= 0) & (there[0] <= h - 1) & (there[1] >= 0) & (there[1] <= w - 1)
        gradient = np.stack([catmull_rom(slope, *there) for slope in slopes]) * inside
        rest = (catmull_rom(second, *there) - first) * inside - (gradient * flow).sum(0)
        square = (gradient**2).sum(0) + 1e-10
        for _ in range(iterations):
            residual = rest + (gradient * flow).sum(0)
            limit = weight * theta
            step = np.select(
                [residual < -limit * square, residual > limit * square],
                [limit * gradient, -limit * gradient],
                -residual / square * gradient,
            )
            across = np.diff(dual[:, 0], axis=2, prepend=0)
            flow = flow + step + theta * (across + np.diff(dual[:, 1], axis=1, prepend=0))
            right = np.diff(flow, axis=2, append=flow[:, :, -1:])
            down = np.diff(flow, axis=1, append=flow[:, -1:])
            length = np.hypot(right, down)[:, None]
            ascent = dual + tau / theta * np.stack([right, down], axis=1)
            dual = ascent / (1 + tau / theta * length)
    return flow


@pytest.mark.parametrize(("warps", "iterations"), [(1, 1), (1, 30), (4, 15)])
def test_fused_tvl1_equals_the_plain_iterations(warps, iterations):
    onset, apex = faces()[[0, 6]]
    found = tvl1.flow(onset, apex, scales=1, warps=warps, iterations=iterations, epsilon=0.0)
    expected = plain_tvl1(onset, apex, warps, iterations)
    assert np.abs(expected).max() > 0.04
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert np.abs(found - expected).mean() < 2e-5


def laplacian(image: np.ndarray) -> list[np.ndarray]:
    levels = []
    while min(image.shape) >= 2 * SMALLEST:
        small = cv2.pyrDown(image)
        levels.append(image - cv2.pyrUp(small, dstsize=image.shape[::-1]))
        image = small
    return [*levels, image]


def collapsed(levels: list[np.ndarray]) -> np.ndarray:
    image = levels[-1]
    for level in reversed(levels[:-1]):
        image = level + cv2.pyrUp(image, dstsize=level.shape[::-1])
    return image


def test_magnification_equals_sums_over_the_past():
    """Each low pass written out: what it remembers of every earlier frame."""
    frames, alpha, fast, slow = faces(8), 6.0, 0.4, 0.05
    pyramids = [laplacian(frame.astype(np.float32)) for frame in frames]
    gains = _gains(frames.shape[1:], len(pyramids[0]), alpha, 16.0)
    assert sum(gain > 0 for gain in gains) >= 1

    def remembered(level: int, t: int, rate: float) -> np.ndarray:
        total = (1 - rate) ** t * pyramids[0][level]
        for s in range(1, t + 1):
            total = total + rate * (1 - rate) ** (t - s) * pyramids[s][level]
        return total

    for t, found in enumerate(magnified(frames, alpha, 16.0, fast, slow)):
        band = [
            gain * (remembered(k, t, fast) - remembered(k, t, slow)) for k, gain in enumerate(gains)
        ]
        expected = np.clip(frames[t] + collapsed(band), 0, 255)
        np.testing.assert_allclose(found, expected, atol=0.51)


def denoised(image: np.ndarray, weight: float, steps: int = 300) -> np.ndarray:
    """Rudin, Osher, Fatemi by projected gradient ascent of the dual."""
    dual = np.zeros((2, *image.shape))

    def primal():
        div = sum(np.diff(dual[axis], axis=axis, prepend=0) for axis in (0, 1))
        return image + weight * div

    for _ in range(steps):
        u = primal()
        slope = [np.diff(u, axis=0, append=u[-1:]), np.diff(u, axis=1, append=u[:, -1:])]
        dual = dual + 0.25 / (2 * weight) * np.stack(slope)
        dual = dual / np.maximum(1, np.hypot(*dual))
    return primal()


def test_texture_is_what_total_variation_leaves():
    frames = faces(2, (40, 36))
    levels = frames / 127.5 - 1
    left = np.stack([image - STRUCTURE * denoised(image, WEIGHT) for image in levels])
    expected = 128 + 127 * left / np.abs(left).max()
    assert expected.std() > 35
    # scikit-image stops a little before the minimum; a weight half as large again is 3.5 away
    assert np.abs(texture(frames) - expected).mean() < 1.6


def test_robust_pca_is_near_the_minimum():
    """Which constant stiffness and whole singular value decompositions reach, slowly."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(60, 2)) @ rng.normal(size=(2, 12))
    data += np.where(rng.random(data.shape) < 0.08, rng.normal(0, 6, data.shape), 0)
    share, stiffness = 1 / np.sqrt(60), 1.0
    sparse, multiplier = np.zeros_like(data), np.zeros_like(data)
    for _ in range(1500):
        u, s, vt = np.linalg.svd(data - sparse + multiplier / stiffness, full_matrices=False)
        low = (u * np.maximum(s - 1 / stiffness, 0)) @ vt
        rest = data - low + multiplier / stiffness
        sparse = np.sign(rest) * np.maximum(np.abs(rest) - share / stiffness, 0)
        multiplier += stiffness * (data - low - sparse)
    assert np.abs(data - low - sparse).max() < 1e-9

    def objective(low, sparse):
        return np.linalg.svd(low)[1].sum() + share * np.abs(sparse).sum()

    found = robust_pca(data, 1e-8)
    assert 1 - 1e-6 < objective(*found) / objective(low, sparse) < 1.003
    assert np.linalg.norm(found[0] - low) < 0.1 * np.linalg.norm(low)
