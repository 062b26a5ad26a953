"""The simulation of `benchmarks.scaling`, in cases that can be worked out by hand."""

from __future__ import annotations

import pytest

from benchmarks.simulation import Costs, simulate, start_on_shared_cores

FREE = Costs(parent=0, worker=0, start=0)
FOLDS = [5.0, 4.0, 3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("folds", "workers", "costs", "seconds"),
    [
        # One worker takes the sum; one for each fold, the longest.
        (FOLDS, 1, FREE, 15),
        (FOLDS, 5, FREE, 5),
        (FOLDS, 100, FREE, 5),
        # 5 + 2 and 4 + 3, and 1 after either.
        (FOLDS, 2, FREE, 8),
        # A long fold that starts last is waited for.
        (FOLDS[::-1], 2, FREE, 9),
        ([], 3, FREE, 0),
        (FOLDS, 1, Costs(parent=0, worker=0.5, start=2), 15 + 5 * 0.5 + 2),
        # The parent sends the five one after the other: the last begins at 4.
        ([10.0] * 5, 5, Costs(parent=1, worker=0, start=0), 14),
        # And is the limit where folds are shorter than that.
        ([0.01] * 100, 50, Costs(parent=1, worker=0, start=0), 100),
    ],
)
def test_seconds_of_folds(folds, workers, costs, seconds):
    assert simulate(folds, workers, costs) == pytest.approx(seconds)


def test_lost_folds_run_again():
    folds = [3600.0] * 20
    alone = simulate(folds, 1, FREE, lost=0.5)
    # Each is lost with probability 1 - exp(-.5), and takes part of an hour then.
    assert 21 * 3600 < alone < 50 * 3600
    assert simulate(folds, 1, FREE, lost=0.5, seed=1) != alone
    assert simulate(folds, 1, FREE, lost=0) == 20 * 3600


@pytest.mark.parametrize(
    ("workers", "cores", "seconds"),
    # Two on two cores are as fast as one; eight share them four by four.
    [(1, 1, 0.5), (1, 2, 0.5), (2, 2, 0.5), (8, 2, 2.0), (3, 1.5, 1.0)],
)
def test_starts_share_the_cores(workers, cores, seconds):
    assert start_on_shared_cores(0.5, workers, cores) == pytest.approx(seconds)
