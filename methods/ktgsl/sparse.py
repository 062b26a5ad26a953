"""Sparse weights of kernels and a ridge regression on their sum, learned alternately."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.core.types import Array

SWEEPS = 200
"""Limit of the sweeps of coordinate descent in a round."""
TOLERANCE = 1e-9
"""Relative decrease of the objective below which the rounds end."""


@dataclass(frozen=True)
class Kernels:
    """A centred χ² kernel a block, of mean diagonal 1 over the training clips.

    Attributes:
        rows: (n, blocks, bins) histograms of the training clips.
        raw: (blocks, n, n) their kernels, before centring.
        scale: (blocks,) mean diagonals of the centred ones; infinite where a block is constant.
    """

    rows: Array
    raw: Array
    scale: Array

    @classmethod
    def of(cls, rows: Array) -> Kernels:
        """Kernels of the training clips' histograms (n, blocks, bins)."""
        from bench.learning.additive import chi2_of_blocks

        raw = chi2_of_blocks(rows, rows)
        diagonal = np.trace(centred(raw, raw), axis1=1, axis2=2) / len(rows)
        # A constant block is switched off rather than divided by rounding errors.
        return cls(rows, raw, np.where(diagonal > 1e-12, diagonal, np.inf))

    @property
    def trained(self) -> Array:
        """(blocks, n, n) of the training clips with each other."""
        grams: Array = centred(self.raw, self.raw) / self.scale[:, None, None]
        return grams

    def __call__(self, rows: Array) -> Array:
        """(blocks, m, n) of further clips (m, blocks, bins) with the training clips."""
        from bench.learning.additive import chi2_of_blocks

        about = centred(chi2_of_blocks(rows, self.rows), self.raw)
        grams: Array = about / self.scale[:, None, None]
        return grams


def centred(grams: Array, trained: Array) -> Array:
    """Kernels (blocks, m, n) about the mean of the training clips (blocks, n, n) in feature space.

    k(x, y) - mean k(x, ·) - mean k(·, y) + mean k(·, ·), means over training clips.
    """
    mean = trained.mean(axis=1, keepdims=True)
    about: Array = grams - grams.mean(axis=2, keepdims=True) - mean + mean.mean(2, keepdims=True)
    return about


@dataclass(frozen=True)
class Weighted:
    """What is learned.

    Attributes:
        weights: (blocks,) of the kernels, at least 0.
        coefficients: (n, classes), P.
        objectives: of every round.
    """

    weights: Array
    coefficients: Array
    objectives: tuple[float, ...]

    def __call__(self, grams: Array) -> Array:
        """Regressed labels (m, classes) from kernels (blocks, m, n)."""
        scores: Array = np.tensordot(self.weights, grams, 1) @ self.coefficients
        return scores


def learned(
    grams: Array,
    targets: Array,
    ridge: float,
    penalty: Array,
    rounds: int,
    each_round: Callable[[], None],
    fixed: Array | None = None,
) -> Weighted:
    """Minimise |L - KP|² + ridge tr(PᵀKP) + Σ penalty · w over P and w ≥ 0, with K = Σ wᵢ Kᵢ.

    Alternately: P = (K + ridge I)⁻¹ L, exact for given weights, and coordinate descent on the
    weights, a nonnegative quadratic problem for given P. So no round increases the objective.

    Args:
        grams: (blocks, n, n) symmetric, positive semidefinite.
        targets: L, (n, classes).
        ridge: above 0.
        penalty: (blocks,) of each weight.
        rounds: at most.
        each_round: called once a round, to watch the deadline.
        fixed: (blocks,) boolean, blocks that keep the weight 1/blocks which all start with; none
            by default.
    """
    weights = np.full(len(grams), 1 / len(grams))
    free = np.arange(len(grams)) if fixed is None else np.flatnonzero(~fixed)
    identity = np.eye(grams.shape[1])
    objectives: list[float] = []
    for _ in range(rounds):
        each_round()
        kernel = np.tensordot(weights, grams, 1)
        coefficients = np.linalg.solve(kernel + ridge * identity, targets)
        parts = grams @ coefficients
        flat = parts.reshape(len(grams), -1)
        # For given P the ridge term is linear in the weights, and so joins their penalty.
        cost = penalty + ridge * np.einsum("kij,ij->k", parts, coefficients)
        # Products of the blocks are all that the descent needs, and they do not grow with the
        # clips.
        weights = descended(flat @ flat.T, flat @ targets.ravel(), cost, weights, free)
        rest = targets.ravel() - weights @ flat
        objectives.append(float(rest @ rest + cost @ weights))
        if len(objectives) > 1 and objectives[-2] - objectives[-1] <= TOLERANCE * objectives[-2]:
            break
    kernel = np.tensordot(weights, grams, 1)
    coefficients = np.linalg.solve(kernel + ridge * identity, targets)
    return Weighted(weights, coefficients, tuple(objectives))


def descended(square: Array, linear: Array, cost: Array, weights: Array, free: Array) -> Array:
    """Minimise wᵀ square w - 2 linearᵀ w + costᵀ w over w ≥ 0, a free coordinate at a time."""
    weights = weights.copy()
    for _ in range(SWEEPS):
        before = weights.copy()
        # A block that was switched off has no curvature to divide by.
        for j in free[np.diag(square)[free] > 0]:
            slope = linear[j] - cost[j] / 2 - square[j] @ weights
            weights[j] = max(0.0, weights[j] + slope / square[j, j])
        if np.abs(weights - before).max() <= 1e-9 * max(1.0, np.abs(weights).max()):
            break
    return weights
