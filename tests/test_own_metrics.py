"""Metrics of plugins: columns computed from stored predictions, with intervals over subjects."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, log_loss

from bench.board.columns import COLUMNS
from bench.plugins.metric import TAKEN
from tests.conftest import World

METRICS = '''
import numpy as np

from bench import Metric


class Kappa(Metric):
    """Cohen's kappa."""

    name = "kappa"

    def of_counts(self, counts):
        n = counts.sum((-2, -1))
        agree = np.trace(counts, axis1=-2, axis2=-1) / n
        chance = (counts.sum(-1) * counts.sum(-2)).sum(-1) / n**2
        return (agree - chance) / (1 - chance)


class Likelihood(Metric):
    """Mean log likelihood."""

    name = "likelihood"

    def of_scores(self, labels, scores, weights):
        odds = np.exp(scores - scores.max(1, keepdims=True))
        chance = (odds / odds.sum(1, keepdims=True))[np.arange(len(labels)), labels]
        return float(np.average(np.log(chance), weights=weights))
'''


@pytest.fixture
def measured(world: World) -> World:
    (world.folder / "mine.py").write_text(METRICS)
    ran = world.run("--plugin", "mine.py", "--seeds", "0-1")
    assert ran.code == 0, ran.err
    return world


def predictions(world: World) -> list[tuple[list[int], np.ndarray]]:
    """Labels and scores of each seed."""
    (task,) = (json.loads(p.read_text()) for p in (world.results / "tasks").glob("*.json"))
    truth = {clip: label for clip, (*_, label) in task["clips"].items()}
    found: dict[str, list] = {}
    for path, (_, _, clips, rows) in world.predictions().items():
        seed = path.split("/")[-2]
        found.setdefault(seed, []).extend(
            (truth[c], row) for c, row in zip(clips, rows, strict=True)
        )
    return [([t for t, _ in pairs], np.array([s for _, s in pairs])) for pairs in found.values()]


def line(world: World) -> dict[str, str]:
    done = world.bench("board", "--plugin", "mine.py", "--format", "csv")
    assert done.code == 0, done.err
    return next(r for r in csv.DictReader(io.StringIO(done.out)) if r["method"] == "mean")


def test_values_are_those_of_scikit_learn_and_have_intervals(measured):
    row = line(measured)
    kappas = [cohen_kappa_score(t, s.argmax(1)) for t, s in predictions(measured)]
    assert float(row["kappa"]) == pytest.approx(np.mean(kappas))
    losses = []
    for labels, scores in predictions(measured):
        odds = np.exp(scores)
        losses.append(log_loss(labels, odds / odds.sum(1, keepdims=True), labels=range(3)))
    assert float(row["likelihood"]) == pytest.approx(-np.mean(losses))
    for name in ("kappa", "likelihood"):
        assert float(row[f"{name}_low"]) <= float(row[name]) <= float(row[f"{name}_high"])


def test_boards_have_a_column_for_each(measured):
    said = measured.bench("board", "--plugin", "mine.py")
    assert "kappa [95 %]" in said.out
    assert "likelihood [95 %]" in said.out
    assert "kappa" not in measured.bench("board").out
    only = measured.bench("board", "--plugin", "mine.py", "--columns", "method,kappa")
    assert only.code == 0, only.err
    assert "UF1" not in only.out
    assert "No room" not in only.out
    assert measured.bench("board", "--plugin", "mine.py", "--sort", "kappa").code == 0
    assert "Cohen's kappa." in measured.bench("list", "metrics", "--plugin", "mine.py").out
    wrong = measured.bench("board", "--plugin", "mine.py", "--columns", "kapa")
    assert "did you mean kappa" in wrong.err


def test_methods_are_compared_by_it(measured):
    measured.run("--plugin", "mine.py", "--seeds", "0-1", methods="mean:noisy")
    words = ("compare", "mean", "mean:noisy", "--plugin", "mine.py", "--json", "--metric")
    (pair,) = json.loads(measured.bench(*words, "kappa").out)
    assert pair["scores"][0] == pytest.approx(float(line(measured)["kappa"]))
    of_scores = measured.bench(*words, "likelihood")
    assert of_scores.code == 2
    assert "likelihood is one of scores" in of_scores.err
    assert "did you mean kappa" in measured.bench(*words, "kapa").err


def test_one_without_a_value_is_not_compared(measured):
    measured.run("--plugin", "mine.py", methods="mean:noisy")
    (measured.folder / "void.py").write_text(
        "from bench import Metric\n\nclass Void(Metric):\n    name = 'void'\n\n"
        "    def of_counts(self, counts):\n        return counts[..., 0, 0] * float('nan')\n"
    )
    words = ("compare", "mean", "mean:noisy", "--plugin", "void.py", "--metric", "void")
    done = measured.bench(*words)
    assert done.code == 2
    assert "void has no value" in done.err


def test_imported_predictions_have_it(measured):
    chosen = json.loads(next((measured.results / "tasks").glob("*.json")).read_text())["clips"]
    rows = [
        (clip, (label + (i % 3 == 0)) % 3) for i, (clip, (*_, label)) in enumerate(chosen.items())
    ]
    (measured.folder / "theirs.csv").write_text(
        "clip,truth,predicted\n"
        + "".join(f"{clip},{chosen[clip][-1]},{label}\n" for clip, label in rows)
    )
    words = ("results", "import", "theirs.csv", "--task", "toy/3", "--label", "Theirs")
    done = measured.bench(*words)
    assert done.code == 0, done.err
    board = measured.bench("board", "--plugin", "mine.py", "--format", "csv")
    (row,) = (r for r in csv.DictReader(io.StringIO(board.out)) if r["method"] == "Theirs")
    truth = [label for *_, label in chosen.values()]
    expected = cohen_kappa_score(truth, [label for _, label in rows])
    assert float(row["kappa"]) == pytest.approx(expected)
    assert row["kappa_low"]
    assert not row["likelihood"]


def test_a_settings_file_names_it_like_any_plugin(measured):
    text = (measured.folder / "bench.toml").read_text()
    (measured.folder / "bench.toml").write_text(text.replace('"toy.py"', '"toy.py", "mine.py"'))
    assert "kappa [95 %]" in measured.bench("board").out
    measured.bench("board", "-o", "shown")
    page = (measured.folder / "shown" / "leaderboard.md").read_text()
    assert "kappa [95 %]" in page
    again = measured.bench("board", "--from", "shown").out
    assert "kappa [95 %]" in again
    assert "No room for kappa" not in again


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('name = "uf1"\n    def of_counts(self, counts): return counts[..., 0, 0]', "rename it"),
        ('name = "mine"', "defines neither of"),
        ('name = "mine"\n    def of_counts(self, counts): return counts.sum()', "gives shape ()"),
        ('name = "mine"\n    def of_counts(self, counts): return 1 / 0', "ZeroDivisionError"),
        (
            'name = "mine"\n    def of_scores(self, labels, scores): return 1.0',
            "fails on a small example: TypeError",
        ),
    ],
)
def test_one_that_cannot_work_is_refused_before_a_run(world, body, said):
    (world.folder / "bad.py").write_text(
        f"from bench import Metric\n\nclass Mine(Metric):\n    {body}\n"
    )
    ran = world.run("--plugin", "bad.py")
    assert ran.code == 2
    assert said in ran.err
    assert not world.results.exists()


def test_no_column_can_be_hidden_by_one_of_its_name():
    assert {column.name for column in COLUMNS} <= TAKEN
