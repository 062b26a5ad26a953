"""Compiled coordinate descent on the sparse codes of one clip."""

from __future__ import annotations

import numpy as np

from bench.core.compiled import compiled
from bench.core.types import Array

SETTLED = 1e-4
"""Largest change of a code in a sweep below which the sweeps end."""


@compiled
def descend(
    square: Array,
    linear: Array,
    graph: Array,
    smoothness: float,
    sparsity: float,
    codes: Array,
    sweeps: int,
) -> None:
    """Lower |X - DS|² + smoothness · tr(S L Sᵀ) + sparsity · |S|₁ in place, code by code.

    Each code in turn is set to its optimum given the others. Half the smooth part's gradient is
    kept up to date, so that a code that stays zero costs nothing.

    Args:
        square: DᵀD, (atoms, atoms) float64.
        linear: XᵀD, (n, atoms).
        graph: L, (n, n).
        smoothness: see above.
        sparsity: see above.
        codes: Sᵀ, (n, atoms); written to.
        sweeps: over all codes, at most.
    """
    n, atoms = codes.shape
    gradient = -linear
    for j in range(n):
        for i in range(atoms):
            code = codes[j, i]
            if code != 0:
                for k in range(atoms):
                    gradient[j, k] += code * square[i, k]
                for k in range(n):
                    gradient[k, i] += smoothness * code * graph[j, k]
    for _ in range(sweeps):
        largest = 0.0
        for j in range(n):
            for i in range(atoms):
                curvature = square[i, i] + smoothness * graph[j, j]
                # An atom that shrank to 0, in a frame without neighbours, leaves nothing to divide
                # by.
                if curvature <= 0:
                    continue
                best = codes[j, i] - gradient[j, i] / curvature
                # Halved, because only half of the smooth part's gradient is kept.
                threshold = sparsity / (2 * curvature)
                best = np.sign(best) * max(abs(best) - threshold, 0.0)
                change = best - codes[j, i]
                if change != 0:
                    codes[j, i] = best
                    for k in range(atoms):
                        gradient[j, k] += change * square[i, k]
                    for k in range(n):
                        gradient[k, i] += smoothness * change * graph[j, k]
                    largest = max(largest, abs(change))
        if largest <= SETTLED:
            break
