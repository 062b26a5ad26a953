"""The benchmark from Python: what `import bench` gives is what the command line prints."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bench
from tests.conftest import HERE
from tests.toy import Mean


def toy(world, methods="mean", **options):
    options.setdefault("engine", "serial")
    return bench.run(methods, "toy", **options)


def test_a_run_gives_the_rows_that_the_command_line_writes(world):
    frame = toy(world, seeds=[0, 1]).frame()
    written = list(csv.DictReader(world.bench("board", "--format", "csv").out.splitlines()))
    assert list(frame.columns) == list(written[0])
    assert [row["uf1"] for row in written] == [str(value) for value in frame["uf1"]]
    assert frame["seeds"].tolist() == ["0 1"]


def test_predictions_are_a_row_per_clip_and_seed(world):
    board = toy(world, seeds="0-1")
    rows = board.predictions()
    assert len(rows) == 2 * 18
    raw = [one for one in world.records().values() if one["inputs"]["seed"] == 1]
    kept = {clip: s for one in raw for clip, s in zip(one["clips"], one["scores"], strict=True)}
    of_seed = rows[rows["seed"] == 1].set_index("clip")
    names = ["score_low", "score_mid", "score_high"]
    for clip, scores in kept.items():
        np.testing.assert_array_equal(of_seed.loc[clip, names].to_numpy(float), scores)


def test_what_is_done_is_loaded_or_reused(world):
    toy(world)
    before = world.records()
    assert bench.load(world.results).frame().equals(toy(world).frame())
    assert world.records() == before
    with pytest.raises(bench.BenchError, match="no results in"):
        bench.load(world.folder / "nothing")


def test_a_misspelt_option_is_named(world):
    with pytest.raises(bench.BenchError, match="did you mean seeds"):
        toy(world, seed=3)
    with pytest.raises(bench.BenchError, match=r"did you mean methods.*Known: methods, datasets"):
        bench.run(method="mean")


def test_failed_folds_are_a_warning_and_listed(world):
    world.patch.setenv("TOY_FAULT", "raise")
    with pytest.warns(UserWarning, match="3 problems.*cannot fit"):
        board = toy(world, "faulty")
    assert len(board.failures) == 3


def test_a_board_shows_itself(world):
    board = toy(world)
    assert "mean" in repr(board)
    assert "toy/3, loso" in repr(board)
    assert "&lt;table" in board._repr_html_()


def test_compare_is_the_verb(world):
    toy(world, ["mean", "majority"])
    frame = bench.compare("mean", "majority")
    assert frame["first"].tolist() == ["mean"]
    assert f"{frame['difference'][0]:+.3f}" in world.bench("compare", "mean", "majority").out
    with pytest.raises(bench.BenchError, match="expected two or more"):
        bench.compare("mean")


def test_a_method_that_tasks_lack_is_one_warning(world):
    toy(world, ["mean", "majority"], tasks="all")
    toy(world, "mean:noisy", tasks="toy/3")
    lacking = [task for task in toy(world).frame()["task"].unique() if task != "toy/3"]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        bench.compare("mean", "majority", "mean:noisy")
    (one,) = said
    assert str(one.message) == f"{', '.join(lacking)}: no results of mean:noisy"


def test_a_gpu_or_scheduler_that_is_not_there_is_refused_before_anything_is_said(world, capsys):
    for options, words in (
        ({"device": "cuda:99"}, "no GPU 99 here"),
        ({"engine": "dask", "scheduler": "slurmm"}, "--scheduler slurmm: expected an address"),
    ):
        with pytest.raises(bench.BenchError, match=words):
            bench.run("mean", "smic", **options)
    assert capsys.readouterr() == ("", "")


def test_an_estimator_is_scored_as_by_scikit_learn(world):
    estimator = make_pipeline(StandardScaler(), LogisticRegression())
    rows = bench.evaluate(estimator, "toy", view="numbers").predictions()
    numbers = [world.folder / "data" / f"{clip[4:]}.json" for clip in rows["clip"]]
    features = np.array([np.fromstring(one.read_text()[1:-1], sep=",") for one in numbers])
    expected = cross_val_predict(
        estimator, features, rows["truth"], groups=rows["subject"], cv=LeaveOneGroupOut()
    )
    assert rows["predicted"].tolist() == expected.tolist()


def test_a_method_without_a_plugin_file_is_scored(world):
    class Own(Mean):
        name = "ownmean"

    frame = bench.evaluate(Own, "toy").frame()
    assert frame["method"].tolist() == ["ownmean"]
    assert frame["uf1"].tolist() == toy(world).frame()["uf1"].tolist()


def test_what_cannot_be_evaluated_is_one_line(world):
    with pytest.raises(bench.BenchError, match="expected a scikit-learn estimator"):
        bench.evaluate(3, "toy")
    with pytest.raises(bench.BenchError, match="needs view="):
        bench.evaluate(LogisticRegression(), "toy")
    with pytest.raises(bench.BenchError, match="is a method of the benchmark"):
        bench.evaluate(Mean, "toy")
    in_a_cell = {"__name__": "__main__", "Mean": Mean}
    exec("class Cell(Mean):\n    name = 'cell'", in_a_cell)
    world.patch.setitem(sys.modules, "__main__", type(sys)("__main__"))
    with pytest.raises(bench.BenchError, match="%%writefile"):
        bench.evaluate(in_a_cell["Cell"], "toy")


def test_a_script_needs_no_main_guard(world):
    script = world.folder / "script.py"
    script.write_text(
        "import bench\n"
        "print('started')\n"
        "print(bench.run('mean', 'toy', jobs=1).frame()['folds'].tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env=os.environ, check=False
    )
    assert (done.returncode, done.stdout.split("\n")[:2]) == (0, ["started", "[6]"]), done.stderr


def test_no_warning_where_all_is_well(world):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        toy(world)


def test_the_page_prints_what_it_shows(tmp_path, monkeypatch, capsys):
    page = (HERE.parent / "docs" / "notebook.md").read_text()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").symlink_to(HERE.parent / "docs")
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    names: dict[str, object] = {}
    for kind, text in re.findall(r"```(python|text)\n(.*?)```", page, re.DOTALL):
        if kind == "python":
            capsys.readouterr()
            exec(text, names)
        else:
            printed = capsys.readouterr().out.splitlines()
            assert [line.rstrip() for line in printed] == text.splitlines()
    assert not (tmp_path / "cache" / "synthetic").exists(), "a dataset without files needs none"
