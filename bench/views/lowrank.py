"""Robust principal components: what moves, apart from the face that it moves on."""

from __future__ import annotations

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.tim import frames_or_interpolated

STEPS = 100
"""Limit of the iterations; 1e-5 is reached in about 25."""


def robust_pca(data: Array, tolerance: float = 1e-5) -> tuple[Array, Array]:
    """Split a matrix into a low-rank and a sparse part: min |A|_* + λ |E|_1 with A + E = data.

    The inexact augmented Lagrangian method (Lin, Chen, Ma 2010), λ = 1 / √max(m, n), growth 1.5.
    Singular vectors of a tall matrix come from the small Gram matrix of its columns.

    Args:
        data: (m, n), m at least n; not written to.
        tolerance: of |data - A - E|_F / |data|_F.

    Returns:
        A and E, (m, n) float64.

    Raises:
        BenchError: more columns than rows.
    """
    data = np.asarray(data, np.float64)
    if data.shape[0] < data.shape[1]:
        raise BenchError(f"robust_pca takes a tall matrix: got {data.shape}; transpose it")
    size = np.linalg.norm(data)
    if size == 0:
        return data.copy(), np.zeros_like(data)
    share = 1 / np.sqrt(data.shape[0])
    spectral = np.sqrt(np.linalg.eigvalsh(data.T @ data)[-1])
    # Lin et al. start from data over its dual norm, which is a feasible multiplier.
    multiplier = data / max(spectral, np.abs(data).max() / share)
    # This and the growth by 1.5 are those of the authors' public code.
    stiffness = 1.25 / spectral
    sparse = np.zeros_like(data)
    for _ in range(STEPS):
        low = _shrunk_singular_values(data - sparse + multiplier / stiffness, 1 / stiffness)
        rest = data - low + multiplier / stiffness
        sparse = np.sign(rest) * np.maximum(np.abs(rest) - share / stiffness, 0)
        residual = data - low - sparse
        if np.linalg.norm(residual) <= tolerance * size:
            break
        multiplier = multiplier + stiffness * residual
        stiffness *= 1.5
    return low, sparse


def _shrunk_singular_values(matrix: Array, by: float) -> Array:
    """The tall matrix (m, n) with its singular values lowered, negative ones set to 0."""
    # Eigenvalues of the Gram matrix are squared singular values; rounding can make them negative.
    squares, vectors = np.linalg.eigh(matrix.T @ matrix)
    values = np.sqrt(np.maximum(squares, 0))
    # As factors of the values, 0 for those below `by`: no left singular vectors are needed.
    kept = 1 - by / np.maximum(values, by)
    shrunk: Array = matrix @ ((vectors * kept) @ vectors.T)
    return shrunk


@view(version=1, of="interpolated_frames")
def sparse_frames(clip: Views, num_frames: int = 20, size: tuple[int, int] = (170, 140)) -> Array:
    """The sparse part of the grey frames: (n, h, w) int32, in 1/64 of a grey level.

    Whole numbers, so that patterns compared on its sums do not depend on rounding.
    """
    frames = frames_or_interpolated(clip, num_frames, size)
    _, sparse = robust_pca(frames.reshape(len(frames), -1).T)
    whole: Array = np.rint(64 * sparse.T).astype(np.int32)
    return whole.reshape(frames.shape)
