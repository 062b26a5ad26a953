"""How long the statistics of a board take: `python -m benchmarks.board`.

Twenty methods on the 442 clips and 68 subjects of the composite, three classes: the 95 % intervals
of all four metrics of each, from 10,000 resamples of the subjects, then the paired tests of all 190
pairs, and the ranks; and, as if they were variants of one method run with three seeds, the interval
and the test of each one's difference from the first.
"""

from __future__ import annotations

from benchmarks.timing import one_thread, side_by_side

one_thread()

import numpy as np  # noqa: E402
from tabulate import tabulate  # noqa: E402

from bench.core.types import Array  # noqa: E402
from bench.evaluation.paired import difference  # noqa: E402
from bench.evaluation.scoring import RESAMPLES, scores  # noqa: E402
from bench.statistics import pairwise, rank_groups  # noqa: E402
from bench.statistics.metrics import per_group_confusions, uf1  # noqa: E402

# The shares of the composite's classes: 250, 109 and 83 of 442 clips.
METHODS, SUBJECTS, CLIPS, SHARES = 20, 68, 442, (0.57, 0.25, 0.18)
SEEDS = 3


def simulated() -> list[Array]:
    """Counts (1, subjects, 3, 3) of methods that know from a third to four fifths of the clips."""
    rng = np.random.default_rng(0)
    truth = rng.choice(3, CLIPS, p=SHARES)
    # Each subject once before the rest is drawn, so that none is without clips.
    subjects = np.sort(np.append(np.arange(SUBJECTS), rng.integers(0, SUBJECTS, CLIPS - SUBJECTS)))
    cells = []
    for skill in np.linspace(0.33, 0.8, METHODS):
        guess = rng.choice(3, CLIPS, p=SHARES)
        predicted = np.where(rng.random(CLIPS) < skill, truth, guess)
        cells.append(per_group_confusions(truth, predicted, subjects, 3)[None])
    return cells


def main() -> None:
    cells = simulated()
    values = [float(uf1(cell.sum((0, 1)))) for cell in cells]
    pairs = METHODS * (METHODS - 1) // 2
    intervals = f"intervals of {METHODS} methods, 4 metrics, {RESAMPLES:,} resamples"
    tests = f"paired tests of {pairs} pairs, and ranks"
    variants = f"differences of {METHODS - 1} variants from one, {SEEDS} seeds"
    plain, *others = (np.repeat(cell, SEEDS, axis=0) for cell in cells)
    took = side_by_side(
        {
            intervals: lambda: [scores(cell, complete=True) for cell in cells],
            tests: lambda: rank_groups(
                values, pairwise(cells, uf1, np.random.default_rng(0)).adjusted
            ),
            variants: lambda: [difference(other, plain, uf1) for other in others],
        },
        rounds=2,
    )
    limits = {intervals: "3 s", tests: "", variants: "2 s"}
    rows = [(name, ms / 1e3, limits[name]) for name, ms in took.items()]
    print(tabulate(rows, ("what", "seconds", "to stay under"), floatfmt=".2f"))


if __name__ == "__main__":
    main()
