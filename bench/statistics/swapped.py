"""The inner loop of the paired tests by UF1, compiled: every pair of methods under many swaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.core.compiled import compiled


@compiled
def count_larger(
    correct: NDArray[np.float64],
    total: NDArray[np.float64],
    moved_correct: NDArray[np.float64],
    moved_total: NDArray[np.float64],
    least: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How many swaps leave a difference in UF1 at least as large, for each pair i < j.

    Args:
        correct: pooled TP (methods, seeds * classes), of the classes that have clips.
        total: pooled 2TP + FP + FN, likewise.
        moved_correct: TP of the swapped subjects alone (methods, seeds * classes, swaps).
        moved_total: 2TP + FP + FN of the swapped subjects, likewise.
        least: the difference of each pair (methods, methods) that counts as large.

    Returns:
        Counts (methods, methods); zero on and below the diagonal.
    """
    methods, cells, swaps = moved_correct.shape
    larger = np.zeros((methods, methods))
    gap = np.empty(swaps)
    for i in range(methods):
        for j in range(i + 1, methods):
            gap[:] = 0.0
            for k in range(cells):
                # Swaps are the innermost loop because they alone are many enough for vectors.
                for s in range(swaps):
                    hits = moved_correct[j, k, s] - moved_correct[i, k, s]
                    clips = moved_total[j, k, s] - moved_total[i, k, s]
                    gap[s] += (correct[i, k] + hits) / (total[i, k] + clips) - (
                        correct[j, k] - hits
                    ) / (total[j, k] - clips)
            count = 0
            for s in range(swaps):
                count += abs(gap[s]) * 2.0 / cells >= least[i, j]
            larger[i, j] = count
    return larger
