"""Simulated boards with a known truth: does a 95 % interval cover, does a test keep its level?"""

from statistics import NormalDist

import numpy as np
import pytest

from bench import statistics as st
from bench.statistics import metrics

SHARES = (0.55, 0.25, 0.2)


def simulate(rng, skills, subjects=26, spread=4.0):
    """Methods (m, 1, subjects, 3, 3) on the same clips; people differ, and clips of one are alike.

    Each method's ability on a person is the person's mean, drawn around the method's skill, and
    an own deviation; what it does not know it guesses by the classes' shares.
    """
    clips = rng.integers(2, 12, subjects)
    easy = rng.normal(0, 0.15, subjects)
    counts = np.zeros((len(skills), 1, subjects, 3, 3), dtype=int)
    for s in range(subjects):
        truth = rng.choice(3, clips[s], p=rng.dirichlet(spread * np.array(SHARES)))
        for m, skill in enumerate(skills):
            ability = np.clip(skill + easy[s] + rng.normal(0, 0.1), 0, 1)
            known = rng.random(clips[s]) < ability
            guess = rng.choice(3, clips[s], p=SHARES)
            np.add.at(counts[m, 0, s], (truth, np.where(known, truth, guess)), 1)
    return counts


def population(skills):
    """The scores that ever more subjects would give."""
    cells = simulate(np.random.default_rng(1), skills, subjects=15_000)
    return [st.score(cell, metrics.uf1) for cell in cells]


def coverage(runs, resamples, method="percentile"):
    (true,) = population([0.5])
    hits = 0
    for run in range(runs):
        rng = np.random.default_rng([2, run])
        (cell,) = simulate(rng, [0.5])
        low, high = st.bootstrap(cell, metrics.uf1, rng, resamples=resamples, method=method)
        hits += low <= true <= high
    return hits / runs


def p_values(runs, skills, resamples):
    found = []
    for run in range(runs):
        rng = np.random.default_rng([3, run])
        first, second = simulate(rng, skills)
        found.append(st.paired_test(first, second, metrics.uf1, rng, resamples=resamples).p)
    return np.array(found)


def test_intervals_cover_about_what_they_say():
    assert 0.86 <= coverage(100, 500) <= 0.99


def test_the_level_holds_under_the_null():
    p = p_values(200, [0.5, 0.5], 199)
    assert np.mean(p <= 0.05) <= 0.10
    assert 0.38 <= np.mean(p <= 0.5) <= 0.62


def test_a_large_difference_is_found():
    assert np.mean(p_values(30, [0.4, 0.7], 199) <= 0.05) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_intervals_cover_closely(method):
    assert 0.91 <= coverage(1_000, 2_000, method) <= 0.97


@pytest.mark.slow
def test_the_level_holds_closely():
    p = p_values(2_000, [0.5, 0.5], 999)
    assert 0.035 <= np.mean(p <= 0.05) <= 0.065


def test_detectable_difference_rests_on_the_true_standard_error():
    errors, differences = [], []
    for run in range(150):
        cells = simulate(np.random.default_rng([4, run]), [0.5, 0.5])
        errors.append(st.minimal_detectable_difference(cells, metrics.uf1))
        differences.append(st.score(cells[0], metrics.uf1) - st.score(cells[1], metrics.uf1))
    normal = NormalDist()
    factor = normal.inv_cdf(0.975) + normal.inv_cdf(0.8)
    assert 0.8 <= np.mean(errors) / (factor * np.std(differences)) <= 1.25


@pytest.mark.slow
def test_power_is_what_the_detectable_difference_foretells():
    skills = [0.4, 0.63]
    low, high = population(skills)
    wanted = []
    for run in range(50):
        cells = simulate(np.random.default_rng([5, run]), skills)
        wanted.append(st.minimal_detectable_difference(cells, metrics.uf1))
    normal = NormalDist()
    error = np.mean(wanted) / (normal.inv_cdf(0.975) + normal.inv_cdf(0.8))
    expected = normal.cdf((high - low) / error - normal.inv_cdf(0.975))
    assert 0.6 <= expected <= 0.95
    assert abs(np.mean(p_values(500, skills, 499) <= 0.05) - expected) <= 0.07


def test_a_detectable_difference_needs_two_methods():
    cells = simulate(np.random.default_rng(0), [0.5])
    with pytest.raises(ValueError, match="two or more"):
        st.minimal_detectable_difference(cells, metrics.uf1)


def test_choosing_the_epoch_on_the_held_out_subject_lifts_chance_to_respectable():
    """Fifty epochs of pure guessing on 26 subjects of 2 to 14 clips, three classes."""
    rng = np.random.default_rng(6)
    subjects = np.repeat(np.arange(26), rng.integers(2, 15, 26))
    truth = rng.choice(3, len(subjects), p=SHARES)
    epochs = np.array(
        [
            metrics.per_group_confusions(truth, rng.integers(0, 3, len(truth)), subjects, 3)
            for _ in range(50)
        ]
    )
    honest = metrics.uf1(epochs.sum(axis=1))
    chosen = metrics.uf1(st.select_best(epochs).sum(axis=0))
    assert abs(honest.mean() - 0.33) < 0.02
    assert 0.62 <= chosen <= 0.76
    assert chosen > honest.max() + 0.15
