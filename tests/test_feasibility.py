from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import f1_score, precision_score, recall_score

from bench.literature.feasibility import Claim, Part, judge, judge_parts, judge_printed
from bench.literature.feasibility.exact import all_correct, nearest
from bench.literature.feasibility.local import bounds_at
from bench.literature.feasibility.matrix import matrix
from bench.literature.feasibility.measures import METRICS, bounds, score
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


def of_matrix(name, counts):
    """A metric of confusion matrices (..., c, c)."""
    clips = counts.sum(axis=-1).reshape(-1, counts.shape[-1])[0]
    return score(name, clips, np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-2))


def fits(finding, claims):
    """The example's own scores, by the board's definition if it has one, are those claimed."""
    for name, claim in claims.items():
        own = PRINTED.get(name, lambda counts, name=name: of_matrix(name, counts))
        value = float(own(finding.example))
        assert_allclose(value, finding.nearest[name], atol=1e-12)
        assert claim.distance(value) == 0


def test_every_metric_is_scikit_learns():
    rng = np.random.default_rng(0)
    for _ in range(20):
        counts = random_matrix(rng, (4, 3, 2))
        truth = np.repeat(np.repeat(np.arange(3), 3), counts.ravel())
        predicted = np.repeat(np.tile(np.arange(3), 3), counts.ravel())
        args = {"y_true": truth, "y_pred": predicted, "zero_division": 0}
        p, r = (f(**args, average="macro") for f in (precision_score, recall_score))
        expected = {
            "accuracy": f1_score(**args, average="micro"),
            "uar": r,
            "precision": p,
            "uf1": f1_score(**args, average="macro"),
            "f1_weighted": f1_score(**args, average="weighted"),
            "f1_pr": 2 * p * r / (p + r) if p + r else 0.0,
        }
        for name, value in expected.items():
            assert_allclose(of_matrix(name, counts), value, atol=1e-12)


@pytest.mark.parametrize("clips", [(3, 2, 2), (4, 2, 1), (5, 3)])
@pytest.mark.parametrize(
    "named",
    [
        ("uar", "uf1"),
        ("accuracy", "uf1"),
        ("uf1",),
        tuple(PRINTED),
        ("f1_pr",),
        ("uf1", "f1_pr"),
        ("accuracy", "f1_weighted"),
        ("uar", "uf1", "f1_weighted", "f1_pr"),
        ("accuracy", "precision"),
    ],
)
def test_agrees_with_all_matrices(clips, named):
    counts = every_matrix(clips)
    scores = {name: of_matrix(name, counts) for name in METRICS}
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
            found = nearest(np.array(clips), correct[None], "uf1", target, target)
            assert found.complete
            assert_allclose(abs(found.value - target), np.abs(own - target).min(), atol=1e-12)


def test_the_published_pair_that_cannot_be():
    finding = judge(SMIC, {"uf1": Claim(0.2, 4), "uar": Claim(0.528, 4)})
    assert finding.feasible == "no"
    assert "UAR 0.5280 on 70/51/43 clips implies UF1 from 0.388 to 0.558" in finding.reason
    assert_allclose(finding.nearest["uf1"], 0.388, atol=5e-4)


def test_what_a_rounded_uar_forces():
    uar = all_correct(np.array(SMIC))["uar"]
    correct = np.argwhere(np.abs(uar - 0.528) <= 0.00005)
    ends = [nearest(np.array(SMIC), correct, "uf1", end, end).value for end in (0.0, 1.0)]
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
    for name in METRICS[1:]:
        values = of_matrix(name, counts)
        for correct in range(8):
            own = values[right == correct]
            low, high = bounds_at(name, clips, correct)
            assert low <= own.min() + 1e-12
            assert own.max() <= high + 1e-12
            if name == "uar":
                assert_allclose((low, high), (own.min(), own.max()))
            if name in ("uf1", "f1_weighted"):
                assert high - low <= np.ptp(own) + 0.25


def test_bounds_hold_for_every_count_of_correct_clips():
    counts = every_matrix((3, 2, 2))
    correct = np.diagonal(counts, axis1=1, axis2=2)
    for name in METRICS[2:]:
        least, most = bounds(name, np.array([3, 2, 2]), correct)
        values = of_matrix(name, counts)
        assert (least <= values + 1e-12).all()
        assert (values <= most + 1e-12).all()


@pytest.mark.parametrize("named", [("uar", "uf1"), ("accuracy", "uar"), ("uf1",)])
def test_parts_are_added_up_as_all_matrices_do(named):
    """Never a false accusation; exact where each part's matrices can be listed."""
    pieces = {"a": (3, 1, 1), "b": (2, 2, 1)}
    matrices = {name: every_matrix(clips) for name, clips in pieces.items()}
    rng = np.random.default_rng(0)
    answers = set()
    for _ in range(60):
        chosen = {name: m[rng.integers(len(m))] for name, m in matrices.items()}
        # Half the composites are sums of their parts, the others of anything.
        others = {name: m[rng.integers(len(m))] for name, m in matrices.items()}
        parts = chosen if rng.random() < 0.5 else others
        whole = chosen["a"] + chosen["b"]
        claims = {
            name: {n: Claim(round(float(of_matrix(n, m)), 3), 3) for n in named}
            for name, m in {**parts, "whole": whole}.items()
        }
        kept = []
        for name, m in matrices.items():
            ok = np.all([claims[name][n].distance(of_matrix(n, m)) == 0 for n in named], axis=0)
            kept.append(m[ok])
        sums = (kept[0][:, None] + kept[1]).reshape(-1, 3, 3)
        possible = np.all(
            [claims["whole"][n].distance(of_matrix(n, sums)) == 0 for n in named], axis=0
        ).any()
        found = judge_parts([Part(n, pieces[n], claims[n]) for n in pieces], claims["whole"])
        answers.add(found.feasible)
        assert found.feasible in ("unknown", "yes" if possible else "no"), found.reason
    # Without UF1 the errors of a part are anyone's, and nothing can be listed.
    assert answers == ({"yes", "no"} if "uf1" in named else {"unknown", "no"})


def test_parts_of_many_correct_clips_are_added_up_by_a_transform(monkeypatch):
    from bench.literature.feasibility import composite

    rng = np.random.default_rng(0)
    terms = [np.unique(rng.integers(0, 6, (20, 3)), axis=0) for _ in range(3)]
    plain = composite._sums(terms)
    monkeypatch.setattr(composite, "FEW_PAIRS", 0)
    assert np.array_equal(composite._sums(terms), plain)
    assert len(composite._sums([terms[0], terms[0][:0]])) == 0


# Table III and IV of the paper (arXiv:1902.03634): recalls .8760, .5688, .7108 of 250/109/83 clips.
STSTNET = np.array([[219, 22, 9], [40, 62, 7], [21, 3, 59]])


def test_macro_precision_printed_as_uar_is_recognised():
    claims = {"accuracy": Claim(0.7692, 4), "uf1": Claim(0.7353, 4), "uar": Claim(0.7605, 4)}
    assert_allclose(of_matrix("precision", STSTNET), 0.7605, atol=5e-5)
    found, _ = judge_printed((250, 109, 83), claims, Claim(0.7389, 4), "pr")
    assert found.feasible == "no"
    assert "would fit if the UAR were macro precision" in found.reason
    claims["uar"] = Claim(0.7186, 4)
    found, cut = judge_printed((250, 109, 83), claims, Claim(0.7389, 4), "pr")
    assert (found.feasible, cut) == ("yes", False)


def test_an_f1_is_judged_as_its_kind():
    """Bi-WOOF in Table III: F1 .6304 is 2PR/(P+R), and no macro F1 beside UF1 .6296."""
    claims = {"accuracy": Claim(0.6833, 4), "uf1": Claim(0.6296, 4), "uar": Claim(0.6227, 4)}
    answers = {
        kind: judge_printed((250, 109, 83), claims, Claim(0.6304, 4), kind)[0].feasible
        for kind in ("macro", "pr", "micro", "unknown")
    }
    assert answers == {"macro": "no", "pr": "yes", "micro": "no", "unknown": "yes"}


def test_an_f1_that_fits_as_no_kind_says_so():
    found, _ = judge_printed((4, 3, 2), {"accuracy": Claim(1.0, 3)}, Claim(0.5, 3), "unknown")
    assert found.feasible == "no"
    assert "no kind of F1" in found.reason


@pytest.mark.parametrize("digits", [("0.7460", "no"), ("0.746", "yes")])
def test_a_trailing_zero_is_a_digit(digits):
    """OFF-ApexNet's accuracy in Table III is no multiple of 1/442 as it is printed."""
    text, feasible = digits
    claim = Claim(float(text), len(text) - 2)
    assert judge((250, 109, 83), {"accuracy": claim}).feasible == feasible


def test_scores_that_were_cut_off_are_told_from_rounded_ones():
    """129 of 164 is .78659: cut off .7865, rounded .7866."""
    clips = (70, 51, 43)
    answers = {
        value: judge_printed(clips, {"accuracy": Claim(value, 4)}, None, "unknown")
        for value in (0.7865, 0.7866, 0.7867)
    }
    shown = {value: (found.feasible, cut) for value, (found, cut) in answers.items()}
    assert shown == {0.7865: ("yes", True), 0.7866: ("yes", False), 0.7867: ("no", False)}


def test_a_score_in_all_its_digits_is_found_again():
    clips = (9, 7, 5)
    value = float(metrics.uf1(random_matrix(np.random.default_rng(3), clips)))
    assert judge(clips, {"uf1": Claim(value, 16)}).feasible == "yes"
    assert judge(clips, {"uf1": Claim(value + 3e-12, 16)}).feasible == "no"


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


@pytest.mark.parametrize("claims", [{}, {"kappa": Claim(0.5, 2)}])
def test_nothing_to_judge(claims):
    with pytest.raises(ValueError, match="expected claims"):
        judge(SMIC, claims)
