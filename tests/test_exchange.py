"""Predictions from elsewhere and for elsewhere."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys

import numpy as np
import pytest

from bench.store.predictions import read
from tests.sealing import edit

LOG = """toy p0
c0-low 0 0
c1-mid 1 1
c2-high 2 0
"""


@pytest.fixture
def ran(world):
    world.run(methods="mean,mean:noisy")
    return world


def rows(world) -> dict[str, dict]:
    out = world.bench("board", "--format", "json", "--plugin", "toy.py").out
    return {row["label"]: row for row in json.loads(out)["tables"][0]["rows"]}


def log(wrong: int) -> str:
    """All clips in the log of MEGC 2019; the surprise of the first people is missed."""
    return "".join(
        f"toy p{i}\nc0-low 0 0\nc1-mid 1 1\nc2-high 2 {0 if i < wrong else 2}\n" for i in range(6)
    )


def test_external_predictions_stand_on_the_board_without_a_rank(ran):
    (ran.folder / "theirs.txt").write_text(log(3))
    done = ran.bench("results", "import", "theirs.txt", "--task", "toy/3", "--label", "Theirs")
    assert done.code == 0, done.err
    row = rows(ran)["Theirs"]
    assert row["rank"] is None
    assert row["scores"]["accuracy"]["value"] == pytest.approx(15 / 18)
    assert row["scores"]["accuracy"]["low"] < 15 / 18 < row["scores"]["accuracy"]["high"]
    assert [note["text"] for note in row["notes"]] == ["external predictions"]
    assert rows(ran)["mean"]["rank"] == 1
    markdown = ran.bench("board", "--format", "markdown", "--plugin", "toy.py").out
    assert "external predictions" in markdown


def test_they_need_no_run_of_ours_but_the_dataset(world):
    (world.folder / "theirs.csv").write_text(
        "clip,subject,truth,predicted\n"
        + "".join(
            f"{c},p{i},{w},{w}\n" for i in range(6) for c, w in (("c0-low", "low"), ("c2-high", 1))
        )
    )
    words = ("--task", "toy/2", "--label", "Theirs", "--plugin", "toy.py", "--format", "csv")
    done = world.bench("results", "import", "theirs.csv", *words)
    assert done.code == 0, done.err
    assert rows(world)["Theirs"]["scores"]["uf1"]["value"] == 1


@pytest.mark.parametrize("form", ["megc2019", "csv", "json", "parquet"])
def test_what_is_exported_is_imported_with_the_same_scores(ran, form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    done = ran.bench("results", "export", "toy/3/mean", "--format", form, "-o", "ours.txt")
    assert done.code == 0, done.err
    done = ran.bench("results", "import", "ours.txt", "--task", "toy/3", "--label", "back")
    assert done.code == 0, done.err
    found = rows(ran)
    assert found["back"]["scores"] == found["mean"]["scores"]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_an_export_is_read_back_equal_scores_and_all(ran, form):
    """Also through an import and a second export."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    for name, words in (("ours", ("toy/3/mean",)), ("again", ("toy/3/Théo =1", "--format", form))):
        done = ran.bench("results", "export", *words, "--format", form, "-o", name)
        assert done.code == 0, done.err
        if name == "ours":
            words = ("--task", "toy/3", "--label", "Théo =1", "--source", "=1+1", "--partial")
            assert ran.bench("results", "import", "ours", *words).code == 0
    one, other = (read(ran.folder / name, ("low", "mid", "high")) for name in ("ours", "again"))
    recorded = {
        clip: row
        for raw in ran.records().values()
        if raw["label"] == "mean"
        for clip, row in zip(raw["clips"], raw["scores"], strict=True)
    }
    assert {c: r.tolist() for c, r in zip(one.clips, one.scores, strict=True)} == recorded
    assert other.clips == one.clips
    for field in ("truth", "predicted", "scores"):
        assert np.array_equal(getattr(one, field), getattr(other, field))


def test_an_export_says_all_that_is_known_of_each_clip(ran):
    text = ran.bench("results", "export", "toy/3/mean").out
    first = next(csv.DictReader(io.StringIO(text)))
    scores = {name: first.pop(f"score_{name}") for name in ("low", "mid", "high")}
    assert first.pop("predicted") == max(scores, key=lambda name: float(scores[name]))
    assert len(first.pop("data")) > 12
    assert first == {
        "clip": "toy/p0/c0-low", "subject": "toy/p0", "fold": "toy/p0", "truth": "low",
        "task": "toy/3", "protocol": "loso", "method": "mean", "preset": "paper", "seed": "0",
        "selection": "last", "provenance": "run", "source": "",
    }  # fmt: skip
    whole = json.loads(ran.bench("results", "export", "toy/3/mean", "--format", "json").out)
    assert whole["classes"] == ["low", "mid", "high"]
    assert whole["predictions"][0]["clip"] == "toy/p0/c0-low"


def test_an_export_says_whose_numbers_they_are(ran):
    path = next((ran.results / "records").rglob("mean/**/*.json"))
    edit(path, lambda raw: raw["scores"].reverse())  # sealed again, by nobody we know
    text = ran.bench("results", "export", "toy/3/mean").out
    assert {row["provenance"] for row in csv.DictReader(io.StringIO(text))} == {"reported"}


def test_without_pyarrow_parquet_is_refused_in_a_line(ran):
    ran.patch.setitem(sys.modules, "pyarrow", None)
    done = ran.bench("results", "export", "toy/3/mean", "--format", "parquet", "-o", "ours")
    assert done.code == 2
    assert "needs pyarrow: pip install 'mer-bench[parquet]'" in done.err
    assert not (ran.folder / "ours").exists()


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_damaged_parquet_file_is_a_line(ran, content):
    pytest.importorskip("pyarrow")
    (ran.folder / "theirs").write_bytes(content)
    done = ran.bench("results", "import", "theirs", "--task", "toy/3", "--label", "Theirs")
    assert done.code == 2
    assert "cannot be read as parquet" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_what_is_missing_in_a_cell_is_said(ran):
    next((ran.results / "records").rglob("mean/**/*.json")).unlink()
    done = ran.bench("results", "export", "toy-3/mean/paper")
    assert "3 clips have no prediction" in done.err
    assert len(done.out.splitlines()) == 1 + 15


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "theirs.txt"), "needs --task and --label"),
        (("import", "results", "--partial"), "needs --task and --label"),
        (("import", "results", "--source", "a letter"), "needs --task and --label"),
        (("import", "results", "--selection", "last"), "needs --task and --label"),
        (("import", "theirs.txt", "--task", "toy/3", "--label", "x"), "--partial imports the"),
        (
            ("import", "theirs.txt", "--task", "toy/3", "--label", "x", "--selection", "best"),
            "--selection",
        ),
        (
            ("import", "theirs.txt", "--task", "toy/3", "--label", "x", "--format", "xml"),
            "--format",
        ),
        (("import", "theirs.txt", "--task", "toy/3", "--label", "a@b"), "without @"),
        (("import", "theirs.txt", "--task", "smic/3", "--label", "x"), "smic has no data"),
        (("import", "nothing.txt", "--task", "toy/3", "--label", "x"), "cannot be read"),
        (("export", "toy/3/none"), "no cell"),
        (("export", "toy/3"), "2 cells"),
        (("export", "toy/3/mean", "--format", "parquet"), "name a file with -o"),
        (("export", "toy/3/mean", "--format", "xml"), "--format"),
    ],
)
def test_misuse_is_a_line(ran, words, said):
    (ran.folder / "theirs.txt").write_text(LOG)
    done = ran.bench("results", *words)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_name_is_not_taken_twice(ran):
    words = ("results", "import", "theirs.txt", "--task", "toy/3", "--label", "Theirs")
    (ran.folder / "theirs.txt").write_text(log(3))
    assert ran.bench(*words).code == 0
    assert ran.bench(*words).code == 0
    (ran.folder / "theirs.txt").write_text(log(2))
    done = ran.bench(*words)
    assert done.code == 2
    assert "another --label" in done.err


def test_folders_are_still_merged(ran):
    ran.results.rename(ran.folder / "other")
    done = ran.bench("results", "import", "other")
    assert done.code == 0
    assert len(ran.records()) == 12


def test_predictions_that_do_not_fit_leave_no_file(world):
    (world.folder / "theirs.csv").write_text("clip,truth,predicted\nnobody,0,0\n")
    words = ("--task", "toy/3", "--label", "Theirs", "--plugin", "toy.py")
    assert world.bench("results", "import", "theirs.csv", *words).code == 2
    assert not list(world.results.rglob("*.json"))


def imports(world, text: str, *words: str, label: str = "Theirs"):
    (world.folder / f"{label}.txt").write_text(text)
    where = ("--task", "toy/3", "--label", label, "--plugin", "toy.py")
    return world.bench("results", "import", f"{label}.txt", *where, *words)


BY_SUBJECT = "".join(
    f"Subject: p{i}\nPredicted: [0, 1, {0 if i < 3 else 2}]\nGround Truth: [0, 1, 2]\n"
    for i in range(6)
)


def test_external_predictions_come_along_with_a_folder(ran):
    assert imports(ran, log(3), "--source", "a paper", "--selection", "last").code == 0
    assert imports(ran, log(2), label="Others").code == 0
    ran.results.rename(ran.folder / "other")
    shutil.rmtree(ran.folder / "other" / "records")
    assert imports(ran, log(1), label="Others").code == 0
    (ran.folder / "other" / "external" / "toy-3" / "Damaged.json").write_text("{")
    done = ran.bench("results", "import", "other")
    assert done.code == 0
    assert "skipped, damaged" in done.err
    assert "kept ours: " in done.err
    assert "Others.json" in done.err
    found = rows(ran)
    assert found["Theirs"]["selection"] == "last"
    assert found["Theirs"]["notes"][0]["text"] == "external predictions (a paper)"
    assert found["Theirs"]["scores"]["accuracy"]["value"] == pytest.approx(15 / 18)
    assert found["Others"]["scores"]["accuracy"]["value"] == pytest.approx(17 / 18)


def test_they_are_listed(ran):
    assert imports(ran, log(3), "--source", "https://example.org/[b]log").code == 0
    assert imports(ran, BY_SUBJECT, "--selection", "inner", label="By subject").code == 0
    listed = ran.bench("results", "list").out
    assert "18 clips" in listed
    found = json.loads(ran.bench("results", "list", "--json").out)
    mine = {row["method"]: row for row in found if row["preset"] == "external"}
    assert mine["Theirs"]["source"] == "https://example.org/[b]log"
    assert [mine[name]["clips"] for name in ("Theirs", "By subject")] == [18, 18]
    assert mine["By subject"]["selection"] == "inner"


@pytest.mark.parametrize("text", [log(3), BY_SUBJECT])
def test_they_are_compared_with_ours(ran, text):
    """The score of the pair is that of the board, the difference that of the two scores."""
    assert imports(ran, text).code == 0
    done = ran.bench("compare", "Theirs", "mean", "--json")
    assert done.code == 0, done.err
    (pair,) = json.loads(done.out)
    found = rows(ran)
    values = [found[name]["scores"]["uf1"]["value"] for name in ("Theirs", "mean")]
    assert pair["scores"] == pytest.approx(values)
    assert pair["difference"] == pytest.approx(values[0] - values[1])
    assert (pair["clips"], pair["of"], pair["subjects"]) == (18, 18, 6)
    # Three of six subjects differ, all in the same direction: 2 of 2^3 sign patterns are as far.
    assert pair["p"] == pytest.approx(2 / 8)


def test_they_meet_every_seed_of_ours(world):
    world.run("--seeds", "0,1")
    assert imports(world, log(3)).code == 0
    (pair,) = json.loads(world.bench("compare", "Theirs", "mean", "--json").out)
    assert pair["seeds"] == 2


def test_a_name_of_ours_is_told_from_theirs(ran):
    assert imports(ran, log(3), label="mean").code == 0
    ours = ran.bench("compare", "mean", "mean:noisy", "--json").out
    assert ours == ran.bench("compare", "mean@paper", "mean:noisy", "--json").out.replace(
        "mean@paper", "mean"
    )
    (pair,) = json.loads(ran.bench("compare", "mean@external", "mean@paper", "--json").out)
    assert pair["scores"] == pytest.approx([0.82, 1.0], abs=0.01)
    (pair,) = json.loads(ran.bench("compare", "mean@external", "mean:noisy", "--json").out)
    assert pair["scores"][0] == pytest.approx(0.82, abs=0.01)
    assert "add /external" in ran.bench("results", "export", "toy/3/mean").err
    assert "reported" in ran.bench("results", "export", "toy/3/mean/external").out


def test_partial_predictions_are_compared_over_the_clips_in_common(ran):
    few = "".join(f"toy p{i}\nc0-low 0 0\nc2-high 2 {0 if i < 2 else 2}\n" for i in range(5))
    done = imports(ran, few)
    assert done.code == 2
    assert "8 missing: toy/p0/c1-mid" in done.err
    done = imports(ran, few, "--partial")
    assert done.code == 0, done.err
    assert "10 of 18 clips: " in done.out
    (pair,) = json.loads(ran.bench("compare", "Theirs", "mean", "--json").out)
    assert (pair["clips"], pair["of"], pair["subjects"]) == (10, 18, 5)
    assert pair["scores"] == pytest.approx([(2 * 5 / 12 + 2 * 3 / 8) / 2, 1])
    assert "10 of 18 clips" in ran.bench("compare", "Theirs", "mean").out


def test_partial_predictions_stand_below_with_their_count_and_without_an_interval(ran):
    assert imports(ran, log(0).replace("c1-mid 1 1\n", "", 1), "--partial").code == 0
    assert imports(ran, log(3), label="Whole").code == 0
    out = ran.bench("board", "--format", "json", "--plugin", "toy.py").out
    table = json.loads(out)["tables"][0]["rows"]
    assert [row["label"] for row in table[-2:]] == ["Whole", "Theirs"]
    last = table[-1]
    assert (last["rank"], last["folds"], last["of"]) == (None, 5, 6)
    assert last["notes"][0] | {"text": ""} == {
        "kind": "partial-clips", "clips": 17, "of": 18, "text": ""
    }  # fmt: skip
    assert last["scores"]["uf1"]["low"] is None
    assert "17/18 clips" in ran.bench("board").out
    assert "17 of 18 clips" in ran.bench("board", "--format", "markdown").out


@pytest.mark.parametrize("partial", [True, False])
def test_every_clip_that_does_not_match_is_named_in_a_file(ran, partial):
    text = "toy p0\nc0-low 0 0\nnobody 0 0\n"
    done = imports(ran, text, *(["--partial"] if partial else []))
    assert (done.code == 0) == partial
    path = ran.results / "external" / "toy-3" / "Theirs.mismatch.csv"
    assert str(path) in done.out + done.err
    listed = list(csv.DictReader(path.open()))
    missing = [row["clip"] for row in listed if row["problem"] == "missing"]
    assert len(missing) == 17
    assert "toy/p5/c2-high" in missing
    assert [row["problem"] for row in listed if "nobody" in row["clip"]] == ["not in the task"]


def test_clips_that_the_task_does_not_have_are_said(ran):
    assert imports(ran, log(3) + "nobody 0 0\n").code == 2
    (path,) = ran.results.rglob("*.mismatch.csv")
    done = imports(ran, log(3) + "nobody 0 0\n", "--partial")
    assert "1 that the task does not have are left out" in done.out
    assert "nobody" in path.read_text()
    assert "of 18 clips" not in ran.bench("board").out  # no clip of the task is missing
    assert imports(ran, log(3)).code == 0
    assert not path.exists()


@pytest.mark.parametrize("form", ["markdown", "html", "latex", "terminal"])
def test_what_was_chosen_on_the_test_subjects_has_a_section_of_its_own(ran, form):
    assert imports(ran, log(0), "--selection", "test-best", label="Oracular").code == 0
    assert imports(ran, log(1), label="Honest").code == 0
    text = ran.bench("board", "--format", form).out
    before, title, after = text.lower().partition("epoch chosen on the test subjects")
    assert title
    assert "honest" in before
    assert "mean" in before
    assert "oracular" not in before
    assert "oracular" in after


def test_what_was_chosen_on_the_test_subjects_has_fields_of_its_own(ran):
    assert imports(ran, log(0), "--selection", "test-best", label="Oracular").code == 0
    (table,) = json.loads(ran.bench("board", "--format", "json").out)["tables"]
    assert "Oracular" not in [row["label"] for row in table["rows"]]
    assert [row["label"] for row in table["test_best"]] == ["Oracular"]
    assert [note["kind"] for note in table["test_best"][0]["notes"]] == ["test-best", "external"]
    lines = csv.DictReader(io.StringIO(ran.bench("board", "--format", "csv").out))
    assert {row["method"]: row["selection"] for row in lines}["Oracular"] == "test-best"
    (pair,) = json.loads(ran.bench("compare", "Oracular", "mean", "--json").out)
    assert pair["test_best"] == ["Oracular"]
    assert "epoch of Oracular chosen on the test subjects" in pair["verdict"]


def test_partial_ones_are_explained_with_their_clips(ran):
    assert imports(ran, "toy p0\nc0-low 0 0\n", "--partial").code == 0
    done = ran.bench("explain", "Theirs", "--task", "toy/3", "-o", "report", "--plugin", "toy.py")
    assert done.code == 0, done.err
    page = (ran.folder / "report" / "index.html").read_text()
    assert "1 clips of 1 subjects, of 18 clips in the task" in page


@pytest.mark.parametrize("text", [log(3), BY_SUBJECT])
def test_they_are_explained(ran, text):
    assert imports(ran, text, "--source", "<b>paper</b>").code == 0
    done = ran.bench("explain", "Theirs", "--task", "toy/3", "-o", "report", "--plugin", "toy.py")
    assert done.code == 0, done.err
    page = (ran.folder / "report" / "index.html").read_text()
    assert "imported from Theirs.txt" in page
    assert "18 clips of 6 subjects" in page
    assert "&lt;b&gt;paper" in page
    pictures = {path.stem for path in (ran.folder / "report").glob("*.png")}
    assert pictures == {"confusion", "recall_classes", "recall_subjects"}


def test_what_they_are_good_for_is_said(ran):
    assert imports(ran, log(3), "--source", "a paper", "--selection", "inner").code == 0
    (path,) = ran.results.rglob("Theirs.json")
    for words in ("toy/3/Theirs", str(path)):
        done = ran.bench("results", "explain", words)
        assert done.code == 0, done.err
        assert "foreign: imported predictions: reported by others" in done.out
        assert "source: a paper" in done.out
        assert "selection: inner" in done.out
    path.write_text(path.read_text().replace("a paper", "A paper"))
    assert "damaged: " in ran.bench("results", "explain", str(path)).out


def test_counts_by_subject_are_exported_as_such(ran):
    assert imports(ran, BY_SUBJECT).code == 0
    for form in ("csv", "json"):
        done = ran.bench("results", "export", "toy/3/Theirs", "--format", form, "-o", form)
        assert done.code == 0, done.err
        back = read(ran.folder / form, ("low", "mid", "high"))
        assert back.subjects == tuple(f"toy/p{i}" for i in range(6))
        assert back.counts.sum(0).tolist() == [[6, 0, 0], [0, 6, 0], [3, 0, 3]]
    done = ran.bench("results", "export", "toy/3/Theirs", "--format", "megc2019")
    assert done.code == 2
    assert "counts by subject" in done.err


def test_a_damaged_file_is_left_out_and_the_others_stay(ran):
    assert imports(ran, log(3)).code == 0
    assert imports(ran, log(2), label="Others").code == 0
    (path,) = ran.results.rglob("Theirs.json")
    path.write_text(path.read_text().replace('"toy/p0/c0-low":0', '"toy/p0/c0-low":7'))
    for words in (("board",), ("compare", "Others", "mean"), ("results", "list")):
        done = ran.bench(*words)
        assert done.code == 0, words
        assert "Others" in done.out
        assert "Theirs" not in done.out
        assert f"{path}: its content does not match its seal" in done.err.replace("\n", "")


def test_a_task_with_a_subset_is_meant_by_its_plain_name(world):
    (world.folder / "without.txt").write_text("toy/p0/c1-mid\n")
    world.run("--exclude", "without.txt")
    text = log(3).replace("c1-mid 1 1\n", "", 1)
    assert imports(world, text).code == 0
    assert rows(world)["Theirs"]["scores"]["accuracy"]["value"] == pytest.approx(14 / 17)
    assert "low" in world.bench("results", "export", "toy/3/Theirs").out
    words = ("--task", "toy/3", "-o", "report", "--plugin", "toy.py")
    for method in (("Theirs",), ("mean", "--seconds", "0")):
        done = world.bench("explain", *method, *words)
        assert done.code == 0, done.err
    world.run()
    assert imports(world, log(3), label="Whole").code == 0
    (whole,) = world.results.rglob("Whole.json")
    assert json.loads(whole.read_text())["task"] == "toy/3"


def test_an_exported_file_says_how_its_epochs_were_chosen_and_nobody_can_lose_it(world):
    """Exported and imported again, a test-best row stays one, with its source."""
    world.run()
    assert world.bench("results", "export", "toy-3/mean", "-o", "p.csv").code == 0
    words = ("results", "import", "--task", "toy/3")
    # A file of ours says that the last epoch was kept; an option cannot say otherwise.
    said = world.bench(*words, "p.csv", "--label", "best", "--selection", "test-best")
    assert said.code == 2
    assert "its selection is last, and --selection test-best" in said.err
    text = (world.folder / "p.csv").read_text()
    (world.folder / "b.csv").write_text(text.replace(",last,", ",test-best,"))
    assert world.bench(*words, "b.csv", "--label", "best", "--source", "a paper").code == 0
    for form in ("csv", "json"):
        copy = f"c.{form}"
        assert world.bench("results", "export", "toy-3/best", "-o", copy).code == 0
        assert world.bench(*words, copy, "--label", f"again{form}").code == 0
        kept = json.loads(next(world.results.rglob(f"again{form}.json")).read_text())
        assert (kept["selection"], kept["source"]) == ("test-best", "a paper")
    (world.folder / "o.csv").write_text(text.replace(",toy/3,", ",other/3,"))
    assert (
        "predictions of other/3, expected toy/3" in world.bench(*words, "o.csv", "--label", "o").err
    )
