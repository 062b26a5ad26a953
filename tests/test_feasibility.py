from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bench.literature.feasibility import Claim, judge
from bench.literature.feasibility.claims import matrix
from bench.literature.feasibility.exact import all_correct, nearest_uf1
from bench.literature.feasibility.local import uar_bounds, uf1_bounds
from bench.statistics import metrics

SMIC = (70, 51, 43)
CASME2 = (99, 63, 32, 27, 25)
PRINTED = {"accuracy": metrics.accuracy, "uar": metrics.uar, "uf1": metrics.uf1}


def every_matrix(clips):
    """All confusion matrices of these clips, by brute force."""
    classes = len(clips)
    rows = []
    for n in clips:
        ways = [w for w in product(range(n + 1), repeat=classes) if sum(w) == n]
        rows.append(np.array(ways))
    return np.array(list(product(*rows)))


def random_matrix(rng, clips):
    return np.array([rng.multinomial(n, rng.dirichlet(np.ones(len(clips)))) for n in clips])


def printed(counts, decimals, cut):
    """The scores as a paper prints them, rounded or cut off."""
    scale = 10**decimals
    values = {name: float(metric(counts)) for name, metric in PRINTED.items()}
    step = np.floor if cut else np.round
    return {name: Claim(step(v * scale + 1e-9) / scale, decimals) for name, v in values.items()}


def fits(finding, claims):
    """The example's own scores, by the definition of the board, are those claimed."""
    for name, claim in claims.items():
        score = float(PRINTED[name](finding.example))
        assert_allclose(score, finding.nearest[name], atol=1e-12)
        assert claim.distance(score) == 0


@pytest.mark.parametrize("clips", [(3, 2, 2), (4, 2, 1), (5, 3)])
@pytest.mark.parametrize("named", [("uar", "uf1"), ("accuracy", "uf1"), ("uf1",), tuple(PRINTED)])
def test_agrees_with_all_matrices(clips, named):
    counts = every_matrix(clips)
    scores = {name: metric(counts) for name, metric in PRINTED.items()}
    rng = np.random.default_rng(len(named))
    answers = set()
    for _ in range(40):
        chosen = rng.integers(len(counts))
        shift = rng.choice([0.0, 0.02], size=len(named))
        values = {name: scores[name][chosen] for name in named}
        claims = {
            name: Claim(round(abs(values[name] - s), 3), 3)
            for name, s in zip(named, shift, strict=True)
        }
        finding = judge(clips, claims)
        possible = np.all([claims[name].distance(scores[name]) == 0 for name in named], axis=0)
        assert finding.feasible == ("yes" if possible.any() else "no"), finding.reason
        answers.add(finding.feasible)
        if possible.any():
            fits(finding, claims)
            assert np.array_equal(finding.example.sum(axis=1), clips)
    assert answers == {"yes", "no"}


@pytest.mark.parametrize("clips", [(3, 2, 2), (4, 3, 1)])
def test_nearest_uf1_is_the_nearest_of_all_matrices(clips):
    counts = every_matrix(clips)
    right = np.diagonal(counts, axis1=1, axis2=2)
    values = metrics.uf1(counts)
    for correct in np.unique(right, axis=0):
        own = values[(right == correct).all(axis=1)]
        for target in (0.0, 0.31, 0.5, 1.0):
            found = nearest_uf1(np.array(clips), correct[None], target, target)
            assert found.complete
            assert_allclose(abs(found.value - target), np.abs(own - target).min(), atol=1e-12)


def test_the_published_pair_that_cannot_be():
    finding = judge(SMIC, {"uf1": Claim(0.2, 4), "uar": Claim(0.528, 4)})
    assert finding.feasible == "no"
    assert "UAR 0.5280 on 70/51/43 clips implies UF1 from 0.388 to 0.558" in finding.reason
    assert_allclose(finding.nearest["uf1"], 0.388, atol=5e-4)


def test_what_a_rounded_uar_forces():
    _, uar = all_correct(np.array(SMIC))
    correct = np.argwhere(np.abs(uar - 0.528) <= 0.00005)
    ends = [nearest_uf1(np.array(SMIC), correct, end, end).value for end in (0.0, 1.0)]
    assert_allclose(ends, [0.398, 0.555], atol=5e-4)


def test_an_accuracy_between_the_fractions():
    finding = judge(CASME2, {"accuracy": Claim(0.7945, 4), "uf1": Claim(0.7816, 4)})
    assert finding.feasible == "no"
    assert "not a multiple of 1/246 (it is one of 1/253" in finding.reason
    assert_allclose(finding.nearest["accuracy"], 195 / 246)


def test_a_uar_between_the_fractions_names_the_nearest():
    finding = judge((4, 3), {"uar": Claim(0.55, 3)})
    values = [(a / 4 + b / 3) / 2 for a in range(5) for b in range(4)]
    assert finding.feasible == "no"
    assert_allclose(finding.nearest["uar"], min(values, key=lambda v: abs(v - 0.55)))
    joint = judge((4, 3), {"accuracy": Claim(1.0, 3), "uar": Claim(0.5, 3)})
    assert joint.feasible == "no"
    assert joint.nearest == {"uar": 1.0}


def test_accuracy_and_uar_alone():
    claims = {"accuracy": Claim(0.6829, 4), "uar": Claim(0.68, 2)}
    fits(judge(SMIC, claims), claims)


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("clips", [SMIC, (250, 109, 83), CASME2, (57, 26, 26, 15, 12)])
def test_what_was_printed_from_a_matrix_is_feasible(clips, cut):
    rng = np.random.default_rng(cut)
    for _ in range(3):
        claims = printed(random_matrix(rng, clips), 4, cut)
        if len(clips) > 3:
            del claims["uar"]
        finding = judge(clips, claims)
        assert finding.feasible == "yes", finding.reason
        fits(finding, claims)


def test_five_classes_out_of_bounds():
    finding = judge(CASME2, {"accuracy": Claim(0.7114, 4), "uf1": Claim(0.2, 2)})
    assert finding.feasible == "no"
    assert "implies UF1 from 0.376 to 0.857" in finding.reason
    finding = judge(CASME2, {"accuracy": Claim(0.9024, 4), "uar": Claim(0.3, 2)})
    assert finding.feasible == "no"
    assert "implies UAR" in finding.reason


def test_five_classes_neither_found_nor_excluded_is_unknown():
    finding = judge(CASME2, {"accuracy": Claim(0.7114, 4), "uf1": Claim(0.8565, 4)})
    assert finding.feasible == "unknown"
    assert "no bound rules it out" in finding.reason


def test_bounds_hold_for_all_matrices_and_are_tight_for_uar():
    clips = np.array([3, 2, 1, 1])
    counts = every_matrix(clips)
    right = np.diagonal(counts, axis1=1, axis2=2).sum(axis=1)
    uf1, uar = metrics.uf1(counts), metrics.uar(counts)
    for correct in range(8):
        own = right == correct
        low, high = uf1_bounds(clips, correct)
        assert low <= uf1[own].min() + 1e-12
        assert uf1[own].max() <= high + 1e-12
        assert high - low <= uf1[own].max() - uf1[own].min() + 0.25
        assert_allclose(uar_bounds(clips, correct), (uar[own].min(), uar[own].max()))


def test_a_matrix_from_its_totals():
    rng = np.random.default_rng(0)
    for classes in (2, 3, 5):
        for _ in range(50):
            counts = random_matrix(rng, rng.integers(1, 20, classes))
            totals = counts.sum(axis=1), np.diag(counts), counts.sum(axis=0)
            made = matrix(*totals)
            assert (made >= 0).all()
            for got, wanted in zip((made.sum(1), np.diag(made), made.sum(0)), totals, strict=True):
                assert np.array_equal(got, wanted)


def test_totals_without_a_matrix_are_refused():
    with pytest.raises(ValueError, match="more misses"):
        matrix(np.array([4, 4]), np.array([2, 4]), np.array([4, 4]))
    with pytest.raises(ValueError, match="as many predictions"):
        matrix(np.array([4, 4]), np.array([2, 4]), np.array([4, 5]))


@pytest.mark.parametrize("claims", [{}, {"precision": Claim(0.5, 2)}])
def test_nothing_to_judge(claims):
    with pytest.raises(ValueError, match="expected claims"):
        judge(SMIC, claims)
