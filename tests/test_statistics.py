"""Checks against scipy, second formulas and worked examples; simulations lie beside."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench import statistics as st
from bench.statistics import metrics, permutation


def random_cell(seed, seeds=2, subjects=12, classes=3):
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 3, (seeds, subjects, classes, classes))
    return noise + rng.integers(0, 4, (seeds, subjects, 1, 1)) * np.eye(classes, dtype=int)


def fresh():
    return np.random.default_rng(0)


def pooled(cell, chosen, metric):
    """The score of the chosen subjects (..., n), the plain way, for scipy to resample."""
    return metric(cell[:, chosen].sum(axis=-3)).mean(axis=0)


@pytest.mark.parametrize("metric", [metrics.uf1, metrics.uar, metrics.accuracy])
@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_interval_agrees_with_scipy(metric, method):
    cell = random_cell(1, subjects=20)
    ours = st.bootstrap(cell, metric, fresh(), method=method)
    theirs = stats.bootstrap(
        (np.arange(20),),
        lambda chosen, axis: pooled(cell, chosen, metric),
        n_resamples=10_000,
        method=method,
        rng=np.random.default_rng(7),
    ).confidence_interval
    assert_allclose(ours, theirs, atol=0.006)
    assert ours.low < st.score(cell, metric) < ours.high


def test_bca_is_corrected_at_all():
    cell = random_cell(3, subjects=8)
    plain = st.bootstrap(cell, metrics.uf1, fresh())
    corrected = st.bootstrap(cell, metrics.uf1, fresh(), method="bca")
    assert abs(plain.low - corrected.low) > 0.002


def test_interval_of_a_perfect_method_is_a_point():
    cell = np.tile(3 * np.eye(3, dtype=int), (2, 9, 1, 1))
    for method in ("percentile", "bca"):
        assert st.bootstrap(cell, metrics.uf1, fresh(), method=method) == (1.0, 1.0)


def test_subjects_are_resampled_with_all_their_seeds():
    cell = random_cell(4, seeds=1)
    same_seed_thrice = np.repeat(cell, 3, axis=0)
    once = st.bootstrap(cell, metrics.uar, fresh())
    assert_allclose(st.bootstrap(same_seed_thrice, metrics.uar, fresh()), once)


def test_subjects_without_clips_change_nothing():
    cell = random_cell(5)
    padded = np.concatenate([cell, np.zeros_like(cell)], axis=1)
    assert st.bootstrap(padded, metrics.uf1, fresh()) == st.bootstrap(cell, metrics.uf1, fresh())


def test_weights_draw_every_subject_alike():
    weights = st.resample_weights(26, 20_000, fresh())
    assert (weights.sum(axis=1) == 26).all()
    assert_allclose(weights.mean(axis=0), 1, atol=0.03)
    assert_allclose(weights.var(), 25 / 26, atol=0.01)


def test_jackknife_leaves_one_subject_out():
    cell = random_cell(6, subjects=7)
    rest = [[s for s in range(7) if s != out] for out in range(7)]
    expected = [pooled(cell, chosen, metrics.uf1) for chosen in rest]
    assert_allclose(st.jackknife(cell, metrics.uf1), expected)


@pytest.mark.parametrize("seed", range(3))
def test_exact_test_agrees_with_scipy_and_with_enumeration(seed):
    first, second = random_cell(seed, subjects=8), random_cell(seed + 50, subjects=8)
    test = st.paired_test(first, second, metrics.uf1, fresh())
    both = np.concatenate([first, second], axis=1)
    theirs = stats.permutation_test(
        (np.arange(8), np.arange(8, 16)),
        lambda a, b, axis: pooled(both, a, metrics.uf1) - pooled(both, b, metrics.uf1),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    enumerated = []
    for swap in product([False, True], repeat=8):
        where = np.array(swap)[None, :, None, None]
        one, other = np.where(where, second, first), np.where(where, first, second)
        enumerated.append(abs(st.score(one, metrics.uf1) - st.score(other, metrics.uf1)))
    assert test.exact
    assert_allclose(test.difference, theirs.statistic)
    assert_allclose(test.p, np.mean(np.array(enumerated) >= abs(test.difference) - 1e-9))
    assert_allclose(test.p, theirs.pvalue)


def test_drawn_permutations_approach_the_exact_p():
    first, second = random_cell(11, subjects=13), random_cell(12, subjects=13)
    exact = st.paired_test(first, second, metrics.uar, fresh(), resamples=5_000)
    drawn = st.paired_test(first, second, metrics.uar, fresh(), resamples=4_000)
    assert exact.exact
    assert not drawn.exact
    assert 0.01 < exact.p < 1
    assert_allclose(drawn.p, exact.p, atol=0.04)
    assert_allclose(drawn.p * 4_001, round(drawn.p * 4_001), atol=1e-6)


def test_p_is_never_zero_and_a_method_equals_itself():
    worst = np.zeros((1, 30, 3, 3), dtype=int)
    worst[..., 0] = 2
    best = 2 * np.tile(np.eye(3, dtype=int), (1, 30, 1, 1))
    assert_allclose(st.paired_test(best, worst, metrics.uf1, fresh(), resamples=999).p, 1 / 1000)
    assert st.paired_test(best, best, metrics.uf1, fresh()).p == 1


def test_pairs_are_corrected_over_the_board_and_one_seed_stands_for_all():
    cells = [random_cell(20), random_cell(21, seeds=1), random_cell(22) + 2 * np.eye(3, dtype=int)]
    pairs = st.pairwise(cells, metrics.uf1, fresh())
    repeated = [cells[0], np.repeat(cells[1], 2, axis=0), cells[2]]
    assert_allclose(pairs.p, st.pairwise(repeated, metrics.uf1, fresh()).p)
    assert_allclose(pairs.p, pairs.p.T)
    assert_allclose(pairs.difference, -pairs.difference.T)
    upper = np.triu_indices(3, 1)
    assert_allclose(pairs.adjusted[upper], st.holm(pairs.p[upper]))
    for i, j in zip(*upper, strict=True):
        alone = st.paired_test(cells[i], cells[j], metrics.uf1, fresh())
        assert_allclose((alone.p, alone.difference), (pairs.p[i, j], pairs.difference[i, j]))


@pytest.mark.parametrize(("subjects", "seeds", "absent"), [(12, 1, False), (20, 3, True)])
def test_compiled_tests_of_many_methods_give_the_same_p(monkeypatch, subjects, seeds, absent):
    rng = np.random.default_rng(subjects)
    truth = rng.integers(0, 3, 150)
    people = np.sort(np.append(np.arange(subjects), rng.integers(0, subjects, 150 - subjects)))
    cells = []
    for skill in np.linspace(0.3, 0.8, permutation.MANY):
        known = rng.random((seeds, 150)) < skill
        guesses = np.where(known, truth, rng.integers(0, 3, (seeds, 150)))
        # Of four classes one has no clip.
        cells.append(
            np.array([metrics.per_group_confusions(truth, g, people, 3 + absent) for g in guesses])
        )
    assert permutation._same_truth(permutation._stack(cells))
    fast = st.pairwise(cells, metrics.uf1, fresh())
    monkeypatch.setattr(permutation, "MANY", len(cells) + 1)
    plain = st.pairwise(cells, metrics.uf1, fresh())
    assert fast.exact == plain.exact == (subjects == 12)
    assert np.array_equal(fast.p, plain.p)
    assert len(np.unique(fast.p)) > 10


def test_methods_on_other_clips_are_never_compiled_wrongly():
    cells = [random_cell(i) for i in range(permutation.MANY)]
    assert not permutation._same_truth(permutation._stack(cells))
    pairs = st.pairwise(cells, metrics.uf1, fresh())
    alone = st.paired_test(cells[0], cells[1], metrics.uf1, fresh(), resamples=10_000)
    assert_allclose(pairs.p[0, 1], alone.p)


def test_intervals_together_are_those_of_each_alone():
    cells = [random_cell(i) for i in range(3)]
    together = st.bootstrap_all(cells[0], metrics.METRICS, fresh())
    for name, metric in metrics.METRICS.items():
        assert together[name] == st.bootstrap(cells[0], metric, fresh())
    pairs = st.bootstrap_differences(cells, metrics.uf1, fresh())
    for (i, j), found in zip([(0, 1), (0, 2), (1, 2)], pairs, strict=True):
        assert_allclose(found, st.bootstrap_difference(cells[i], cells[j], metrics.uf1, fresh()))


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ([random_cell(1), random_cell(2, subjects=11)], "same subjects"),
        ([random_cell(1, seeds=2), random_cell(2, seeds=3)], "equally many seeds"),
        ([random_cell(1), np.zeros((2, 12, 3, 3))], "all are empty"),
        ([random_cell(1)[0], random_cell(2)], "expected \\(seeds"),
    ],
)
def test_methods_that_do_not_pair_are_refused(cells, word):
    with pytest.raises(ValueError, match=word):
        st.pairwise(cells, metrics.uf1, fresh())


def test_holm_on_a_worked_example():
    assert_allclose(st.holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert_allclose(st.holm([0.6, 0.7]), [1.0, 1.0])


def test_rank_is_one_plus_the_methods_that_are_told_apart_as_better():
    adjusted = np.ones((4, 4))
    for i, j in [(0, 2), (0, 3), (1, 3)]:
        adjusted[i, j] = adjusted[j, i] = 0.01
    scores = [0.8, 0.75, 0.7, 0.4]
    assert st.rank_groups(scores, adjusted).tolist() == [1, 1, 2, 3]
    order = [3, 1, 0, 2]
    shuffled = st.rank_groups(np.array(scores)[order], adjusted[np.ix_(order, order)])
    assert shuffled.tolist() == [3, 1, 1, 2]
    assert st.rank_groups(scores, np.ones((4, 4))).tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(("methods", "q"), [(2, 1.960), (3, 2.343), (5, 2.728), (10, 3.164)])
def test_critical_difference_from_the_table_of_demsar(methods, q):
    scores = np.random.default_rng(methods).random((14, methods))
    result = st.critical_difference(scores)
    assert_allclose(result.difference, q * np.sqrt(methods * (methods + 1) / 84), rtol=5e-4)
    assert_allclose(result.ranks.sum(), methods * (methods + 1) / 2)


def test_average_ranks_share_ties_and_few_datasets_say_why():
    result = st.critical_difference([[0.9, 0.5, 0.5], [0.9, 0.6, 0.4]])
    assert_allclose(result.ranks, [1, 2.25, 2.75])
    assert result.difference is None
    assert "2 datasets are too few" in result.reason
    with pytest.raises(ValueError, match="missing"):
        st.critical_difference([[0.9, np.nan]])


def test_select_best_takes_each_subjects_best_and_of_equals_the_first():
    right, wrong = np.array([[2, 0], [0, 1]]), np.array([[1, 1], [1, 0]])
    other = np.array([[1, 1], [0, 2]])
    checkpoints = np.array([[wrong, right], [other, wrong], [right, other]])
    assert np.array_equal(st.select_best(checkpoints), [other, right])
    assert np.array_equal(st.select_best(checkpoints[None])[0], [other, right])


def test_the_interval_of_a_mean_resamples_subjects_with_all_their_clips():
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(30), 4)
    values = np.repeat(rng.normal(size=30), 4)
    found = st.bootstrap_mean(values, people, np.random.default_rng(1))
    error = values[::4].std() / np.sqrt(30)
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)
    holes = np.r_[values, np.nan]
    assert st.bootstrap_mean(holes, np.r_[people, 99], np.random.default_rng(1)) == found
    with pytest.raises(ValueError, match="not nan"):
        st.bootstrap_mean(np.array([np.nan]), ["a"], rng)


def test_with_many_methods_a_clear_winner_is_still_told_apart():
    clips = np.random.default_rng(0).integers(1, 4, (1, 40, 3))
    winner = clips[..., None] * np.eye(3, dtype=int)
    rest = [winner[..., np.roll(np.arange(3), 1)]] * 29
    found = st.pairwise([winner, *rest], metrics.uf1, fresh())
    assert (found.adjusted[0, 1:] < 0.05).all()
    assert found.adjusted[1, 2] == 1
