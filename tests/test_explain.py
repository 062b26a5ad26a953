"""`bench explain`: the report's numbers, and what it refuses."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from test_command_line import complains

from bench.board.epochs import epoch_figure
from bench.board.style import stamped
from bench.evaluation.row import Epochs, Row, Score
from bench.report import ablation, epochs, scores


def words(figure) -> str:
    """All that is written in a figure."""
    found = [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]
    return "\n".join(found)


def explained(world) -> str:
    """The page of the row `mean`."""
    world.bench("explain", "mean", "-t", "toy/3")
    return (folder_of(world) / "index.html").read_text()


def folder_of(world, label: str = "mean"):
    return world.results / "explain" / f"{label}-toy-3"


def logging_toy(world) -> None:
    """The toy method logs a loss and offers two checkpoints, the second one spoilt."""
    text = world.plugin.read_text()
    text = text.replace("context.log(step=step)", "context.log(epoch=step + 1, loss=3 - step)")
    spoilt = "context.checkpoint(Nearest(model.means[::-1]), 2)\n        return model"
    world.plugin.write_text(text.replace("        return model\n", f"        {spoilt}\n", 1))


def test_a_report_from_records_alone(world):
    world.run(methods="mean")
    done = world.bench("explain", "mean", "--task", "toy/3", "-o", "out")
    assert done.code == 0, done.err
    page = (world.folder / "out" / "index.html").read_text()
    pictures = re.findall('src="([^"]+)"', page)
    assert {"confusion.png", "recall_classes.png", "recall_subjects.png"} <= set(pictures)
    for name in pictures:
        assert (world.folder / "out" / name).read_bytes().startswith(b"\x89PNG")
    assert "n = 18 (18 clips of 6 subjects)" in page
    assert "UF1 1.000" in page
    assert "SYNTHETIC" not in page
    assert "have a trace" in page


def test_a_report_twice_is_the_same_bytes(world):
    world.run(methods="mean")
    read = []
    for _ in range(2):
        world.bench("explain", "mean", "-t", "toy/3")
        read.append({f.name: f.read_bytes() for f in folder_of(world).iterdir()})
    assert read[0] == read[1]


def test_stand_ins_are_called_synthetic_everywhere(world):
    (world.folder / "data" / "SYNTHETIC.json").write_text("{}")
    world.run(methods="mean")
    page = explained(world)
    assert "<h1>SYNTHETIC" in page
    figure = scores.class_figure(np.eye(2, dtype=int), ("a", "b"))
    assert words(stamped(figure, True)).count("SYNTHETIC") == 1
    figure.suptitle("what the network saw")
    assert "SYNTHETIC: what the network saw" in words(stamped(figure, True))


def test_training_curves_and_the_oracle_where_records_have_them(world):
    logging_toy(world)
    world.run("--trace", methods="mean")
    page = explained(world)
    assert 'src="curves.png"' in page
    assert 'src="epochs.png"' in page
    assert "n = 6 trained folds" in page


def test_variants_are_set_side_by_side(world):
    world.run(methods="mean:*")
    page = explained(world)
    assert 'src="variants.png"' in page
    assert "<th>scale</th>" in page
    assert "<td>mean:noisy</td><td>0.0</td>" in page


def test_two_presets_are_told_apart(world):
    world.run(methods="mean")
    world.run("--preset", "quick", "--limit-folds", "2", methods="mean")
    page = explained(world)
    assert "preset paper" in page
    assert "Left out: 2 finished folds of mean, preset quick" in page
    world.bench("explain", "mean", "-t", "toy/3", "--preset", "quick")
    assert "preset quick" in (folder_of(world) / "index.html").read_text()


def test_what_is_not_in_the_results_is_said(world):
    complains(world.bench("explain", "mean", "-t", "toy/3"), "no results", "bench run")
    world.run(methods="mean")
    complains(world.bench("explain", "mean", "-t", "toy/4"), "unknown task 'toy/4'", "toy/3")
    complains(world.bench("explain", "maen", "-t", "toy/3"), "'maen'", "did you mean mean?")
    complains(
        world.bench("explain", "mean", "-t", "toy/3", "--preset", "quick"), "no finished fold"
    )


def test_no_face_goes_where_boards_are(world):
    world.run(methods="mean")
    done = world.bench("explain", "mean", "-t", "toy/3", "-o", "results/boards/mine")
    complains(done, "boards are published", "-o")
    assert not (world.results / "boards").exists()


def test_a_class_without_clips_has_no_share():
    counts = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])
    seen = words(scores.confusion_figure(counts, ("a", "b", "c")))
    assert "0.75" in seen
    assert "nan" not in seen
    assert seen.count("–") == 3


def test_subjects_stand_best_first_with_their_counts():
    counts = np.array([[[1, 3], [0, 0]], [[0, 0], [0, 0]], [[2, 0], [1, 3]]])
    figure = scores.subject_figure(counts, ("p0", "p1", "p2"))
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["p2", "p0"]
    assert "5/6" in words(figure)
    assert "0.60" in words(figure)


def test_many_subjects_are_dealt_to_columns_and_none_is_lost():
    counts = np.tile(np.eye(2, dtype=int), (50, 1, 1))
    figure = scores.subject_figure(counts, [f"p{i}" for i in range(50)])
    labels = [t.get_text() for axes in figure.axes for t in axes.get_yticklabels()]
    assert sorted(labels) == sorted(f"p{i}" for i in range(50))


class Logged:
    """As much of a record as curves are made from."""

    def __init__(self, *curve):
        self.curve = list(curve)


def test_curves_are_quartiles_over_folds_by_epoch():
    nan = float("nan")
    records = [
        Logged({"teacher_epoch": 1, "error": 9.0}, {"epoch": 1, "loss": float(value)})
        for value in (1, 2, 3, 4, 5, nan)
    ]
    found = epochs.curves(records)
    assert set(found) == {("epoch", "loss"), ("teacher_epoch", "error")}
    x, quartiles = found["epoch", "loss"]
    assert x.tolist() == [1]
    assert quartiles.ravel().tolist() == [2, 3, 4]


def test_curves_without_a_count_go_by_position():
    x, quartiles = epochs.curves([Logged({"loss": 2.0}, {"loss": 1.0})])["point", "loss"]
    assert (x.tolist(), quartiles[1].tolist()) == ([1, 2], [2, 1])


@pytest.mark.parametrize("inner", [None, Score(0.625)])
def test_the_picture_of_epochs_names_every_choice(inner):
    traced = replace(
        row("mean", 0.5), oracle=Score(1.0), inner=inner, epochs=Epochs((1, 2), ((0.25, 0.5),))
    )
    figure = epoch_figure(traced)
    seen = words(figure)
    assert "(reported): .500" in seen
    assert "held-out subject: 1.000" in seen
    assert ("training subjects: .625" in seen) == (inner is not None)
    assert figure.axes[0].lines[0].get_ydata().tolist() == [0.25, 0.5]


@pytest.mark.parametrize("low", [None, 0.1])
def test_every_variant_has_its_line_and_its_score(low):
    rows = [row("mean:b", 0.25, low), row("mean", 0.5, low)]
    table = ablation.table(rows, {"mean": {"k": 1}, "mean:b": {"k": 2}})
    assert [line[:2] for line in table] == [["method", "k"], ["mean", "1"], ["mean:b", "2"]]
    assert ".250" in words(ablation.ablation_figure(rows))


def row(label: str, value: float, low: float | None = None) -> Row:
    other = Score(0.5)
    scored = {"uf1": Score(value, low, low and 0.9), "uar": other, "accuracy": other, "f1": other}
    return Row(
        label=label, preset="paper", family=label, title="", fidelity="code", selection="last",
        folds=1, of=1, seeds=(0,), scores=scored, recall=[], parts={}, oracle=None,
        fit_seconds=None, parameters=None,
    )  # fmt: skip
