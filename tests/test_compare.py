"""`bench compare`: paired, by subjects, only what is complete, corrected over all lines."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bench.board.critical_difference import cliques, rank_figure
from bench.evaluation.average_ranks import average_ranks
from bench.evaluation.compare import Pair
from bench.statistics import bootstrap_difference, holm
from bench.statistics.metrics import uar, uf1

WORSE = """

@dataclass(frozen=True)
class Backwards(Mean):
    name = "backwards"

    def fit(self, train, context):
        train = Training(train.clips, (train.labels + 1) % 3, train.subjects, train.classes)
        return super().fit(train, context)
"""


@pytest.fixture
def compared(world):
    text = world.plugin.read_text().replace("import Clip", "import Training, Clip")
    world.plugin.write_text(text + WORSE)
    world.run(methods="mean,backwards")
    return world


def test_a_method_that_is_always_wrong_is_told_apart(compared):
    done = compared.bench("compare", "mean", "backwards", "--json")
    assert done.code == 0, done.err
    (pair,) = json.loads(done.out)
    assert pair["difference"] == 1.0
    assert (pair["low"], pair["high"]) == (1.0, 1.0)
    assert pair["exact"]
    assert pair["p"] == pytest.approx(2 / 2**6)
    assert pair["subjects"] == 6
    assert (pair["better"], pair["verdict"]) == ("mean", "mean is better")
    (swapped,) = json.loads(compared.bench("compare", "backwards", "mean", "--json").out)
    assert swapped["difference"] == -1.0
    assert swapped["verdict"] == "mean is better"


def test_all_lines_are_corrected_together(compared):
    compared.run("--tasks", "3,2", methods="mean,mean:noisy")
    done = compared.bench("compare", "mean", "mean:noisy", "backwards", "--json")
    pairs = json.loads(done.out)
    assert [(p["task"], p["first"], p["second"]) for p in pairs] == [
        ("toy/2", "mean", "mean:noisy"),
        ("toy/3", "mean", "mean:noisy"),
        ("toy/3", "mean", "backwards"),
        ("toy/3", "mean:noisy", "backwards"),
    ]
    assert [p["adjusted"] for p in pairs] == pytest.approx(holm([p["p"] for p in pairs]))
    assert "toy/2: no results of backwards" in done.err
    table = compared.bench("compare", "mean", "backwards").out
    assert "detectable" in table
    assert "+1.000 [+1.000, +1.000]" in table


def test_what_is_incomplete_is_left_out_and_said(compared):
    next((compared.results / "records").rglob("backwards/**/*.json")).unlink()
    done = compared.bench("compare", "mean", "backwards")
    assert done.code == 2
    assert "backwards has 5 of 6 folds; rerun `bench run`" in done.err


def test_presets_are_told_apart_by_name(compared):
    compared.run("--preset", "quick")
    done = compared.bench("compare", "mean", "backwards")
    assert done.code == 2
    assert "mean@paper" in done.err
    assert "mean@quick" in done.err
    assert compared.bench("compare", "mean@quick", "mean@paper").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mean",), "two or more"),
        (("mean", "maen"), "did you mean mean"),
        (("mean", "backwards", "--metric", "f2"), "unknown metric 'f2'; known: accuracy, f1"),
        (("mean", "backwards", "--tasks", "smic/3"), "unknown task"),
        (
            ("mean", "backwards", "--protocol", "hde"),
            "no task has complete results of mean and backwards (hde)",
        ),
    ],
)
def test_misuse_is_a_line(compared, words, said):
    done = compared.bench("compare", *words)
    assert done.code == 2
    assert said in done.err


def test_the_interval_of_a_difference_is_paired():
    """Two methods that rise and fall with the same subjects differ by a narrow interval."""
    rng = np.random.default_rng(0)
    right = rng.integers(0, 10, (20, 2))
    first = np.array([[[[a, 10 - a], [10 - b, b]] for a, b in right]])
    shifted = np.minimum(right + 1, 10)
    second = np.array([[[[a, 10 - a], [10 - b, b]] for a, b in shifted]])
    low, high = bootstrap_difference(first, second, uar, np.random.default_rng(1))
    assert low < float(uar(first.sum((0, 1))) - uar(second.sum((0, 1)))) < high
    assert high - low < 0.03
    again = bootstrap_difference(second, first, uar, np.random.default_rng(1))
    assert again == pytest.approx((-high, -low))
    with pytest.raises(ValueError, match="same subjects"):
        bootstrap_difference(first, second[:, 1:], uf1, rng)


def pairs(tasks: int, synthetic: bool = False) -> list[Pair]:
    """Three methods of which the third is always last, the others take turns."""
    found = []
    for number in range(tasks):
        scores = {"a": 0.6, "b": 0.5 + 0.2 * (number % 2), "c": 0.1}
        for first, second in (("a", "b"), ("a", "c"), ("b", "c")):
            two = (scores[first], scores[second])
            found.append(
                Pair(
                    f"d{number}/3", f"data{number}{synthetic}", "loso", synthetic,
                    first, second, two, two[0] - two[1],
                    0, 0, 1, True, 9, 1, 0.1, 18, 18,
                )
            )  # fmt: skip
    return found


def test_average_ranks_are_over_tasks_that_have_all_methods():
    methods, tasks, found = average_ranks(pairs(10)[:-1])
    assert (methods, tasks) == (["a", "b", "c"], 10)
    found_of = dict(zip(methods, found.ranks, strict=True))
    assert found_of == {"a": 1.5, "b": 1.5, "c": 3.0}
    assert found.difference is not None
    assert average_ranks(pairs(1)) is None
    assert average_ranks(pairs(3) + pairs(9, synthetic=True))[1] == 3


def test_few_tasks_have_ranks_and_a_reason_for_no_diagram(compared):
    compared.run("--tasks", "3,2", methods="mean,backwards")
    done = compared.bench("compare", "mean", "backwards", "-o", "ranks.png")
    assert "average ranks over 2 tasks: mean 1.00, backwards 2.00. No diagram" in done.out
    assert done.code == 2
    assert "8 needed" in done.err
    assert not (compared.folder / "ranks.png").exists()


def test_the_diagram_joins_who_cannot_be_told_apart():
    assert cliques([1.0, 1.5, 3.0], 1.0) == [(0, 1)]
    assert cliques([1.0, 2.0, 3.0], 1.0) == [(0, 1), (1, 2)]
    assert cliques([1.0, 2.0, 3.0], 5.0) == [(0, 2)]
    assert cliques([1.0, 3.0], 1.0) == []
    methods, _, found = average_ranks(pairs(12))
    figure = rank_figure(methods, found, "average rank")
    words = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(words) == ["a 1.50", "b 1.50", "c 3.00"]
