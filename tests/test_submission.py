"""Submissions: packed whole, and whatever is not as it says is found."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from bench.cli.common import workspace
from bench.core import code_hash
from bench.core.sealed import digest, seal_of
from bench.evaluation.find_cell import CellRecords
from bench.store.store import Store
from bench.submission.cells import cells_of
from bench.submission.checks import of_cell
from bench.submission.manifest import entry, is_inside, read_manifest
from tests.sealing import edit

CELL = "toy/3/mean"


def run(world, *words: str) -> None:
    """In this process, which is fast, and as if it had been in workers, without the labels."""
    assert world.run(*words).code == 0
    for path in (world.results / "records").rglob("*.json"):
        edit(path, lambda raw: raw.update(isolated=True), signed=True)


def edit_plugin(world) -> None:
    world.plugin.write_text(world.plugin.read_text().replace("1e-6", "1e-5"))
    code_hash.forget()


@pytest.fixture
def packed(world):
    """A cell of six folds in `submission/`."""
    run(world)
    done = world.bench("submit", CELL, "-o", "submission", "--author", "A. Nobody")
    assert done.code == 0, done.err
    assert "CC-BY-4.0" in done.out
    return world


def verify(world, *words: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Exit code, and the checks by name."""
    done = world.bench("verify", "submission", "--engine", "serial", "--json", *words)
    assert done.code in (0, 1), done.err
    checks = json.loads(done.out)["checks"]
    return done.code, {one["name"]: one for one in checks}


def failed(world, *words: str) -> dict[str, str]:
    """What a submission that is not sound is found guilty of: sentences by check."""
    code, checks = verify(world, *words)
    assert code == 1
    return {name: one["about"] for name, one in checks.items() if one["state"] == "failed"}


def renew(folder: Path) -> None:
    """Make the manifest fit the files, as a forger would."""
    change_manifest(
        folder,
        lambda raw: raw.update(
            files={name: vars(entry((folder / name).read_bytes())) for name in raw["files"]}
        ),
    )


def change_manifest(folder: Path, change) -> None:
    path = folder / "manifest.json"
    raw = json.loads(path.read_text())
    change(raw)
    del raw["seal"]
    path.write_text(json.dumps({**raw, "seal": seal_of(digest(raw))}))


def forge(world, change, tables: bool = True) -> None:
    """Change every record of the results folder, seal it anew, and submit what came of it."""
    for path in sorted((world.results / "records").rglob("*.json")):
        edit(path, change)
    done = world.bench("submit", CELL, "-o", "submission")
    assert done.code == 0, done.err


def test_a_sound_submission_passes_and_is_run_again(packed):
    code, checks = verify(packed, "--folds", "2", "--seed", "1")
    assert code == 0
    states = {name: one["state"] for name, one in checks.items()}
    assert states == {
        "files": "ok", "records": "ok", "cells": "ok", "tables": "ok", "clips": "ok",
        # The toy dataset knows no published counts.
        "counts": "not checked",
        "scores": "ok", "isolation": "ok", "source": "ok", "code": "ok", "rerun": "ok",
    }  # fmt: skip
    assert re.search(r"6 predictions of toy/p\d, toy/p\d are equal, scores within 1e-06",
                     checks["rerun"]["about"])  # fmt: skip
    assert verify(packed, "--folds", "2", "--seed", "1")[1]["rerun"] == checks["rerun"]


def test_the_folds_are_drawn_anew_each_time(packed):
    told = [
        re.search(r"--seed (\d+)", packed.bench("verify", "submission", "--engine", "serial").out)
        for _ in range(2)
    ]
    assert told[0]
    assert told[1]
    assert told[0][1] != told[1][1]


def test_what_is_packed(packed):
    folder = packed.folder / "submission"
    (claim,) = read_manifest(folder).cells
    assert (claim.folds, claim.clips) == (6, 18)
    assert claim.classes == {"low": 6, "mid": 6, "high": 6}
    (table,) = (folder / "predictions").iterdir()
    rows = list(csv.DictReader(io.StringIO(table.read_text())))
    assert len(rows) == 18
    truth, predicted = ([row[name] for row in rows] for name in ("truth", "predicted"))
    # scikit-learn's, on the table that others read.
    assert claim.scores == {
        "accuracy": round(accuracy_score(truth, predicted), 4),
        "f1": claim.scores["f1"],
        "uf1": round(f1_score(truth, predicted, average="macro"), 4),
        "uar": round(balanced_accuracy_score(truth, predicted), 4),
    }
    assert (folder / claim.plugin).read_bytes() == packed.plugin.read_bytes()
    every = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    every += gzip.decompress((folder / "predictions.tar.gz").read_bytes())
    assert str(packed.folder).encode() not in every.replace(packed.plugin.read_bytes(), b"")


def test_the_same_cell_gives_the_same_bytes(packed):
    packed.bench("submit", CELL, "-o", "again", "--author", "A. Nobody")
    one, two = (
        {p.relative_to(packed.folder / name): p.read_bytes()
         for p in (packed.folder / name).rglob("*") if p.is_file()}
        for name in ("submission", "again")
    )  # fmt: skip
    assert one == two


@pytest.mark.parametrize("name", ["predictions.tar.gz", "croissant.json", "plugins/toy.py"])
def test_an_edited_file_is_found_by_its_digest(packed, name):
    path = packed.folder / "submission" / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert f"{name}: changed" in failed(packed, "--folds", "0")["files"]


def test_missing_and_added_files_are_found(packed):
    folder = packed.folder / "submission"
    (folder / "croissant.json").unlink()
    (folder / "plugins" / "other.py").touch()
    found = failed(packed, "--folds", "0")["files"]
    assert "croissant.json: missing" in found
    assert "plugins/other.py: not in the manifest" in found


def best(raw) -> None:
    """The scores of a method that knows the truth."""
    raw["scores"] = [
        [float("low" in c), float("mid" in c), float("high" in c)] for c in raw["clips"]
    ]


def worst(raw) -> None:
    raw["scores"] = [[-score for score in row] for row in raw["scores"]]


def nudged(raw) -> None:
    """No class changes."""
    raw["scores"] = [[2 * score for score in row] for row in raw["scores"]]


@pytest.mark.parametrize("change", [best, worst, nudged])
def test_forged_scores_are_found_by_running_folds_again(packed, change):
    """Edited, sealed anew and packed whole: everything but a rerun is as it should be."""
    forge(packed, change)
    found = failed(packed, "--folds", "1", "--seed", "0")
    assert found.keys() == {"rerun"}
    assert ("another class" if change is worst else "scores differ") in found["rerun"]
    # Without reruns nobody would know.
    assert verify(packed, "--folds", "0")[0] == 0


def test_from_another_machine_digits_may_differ_and_classes_may_not(packed):
    def other(change):
        return lambda raw: (change(raw), raw.update(environment="0123456789ab"))

    forge(packed, other(nudged))
    code, checks = verify(packed)
    assert (code, checks["rerun"]["state"]) == (0, "not checked")
    assert "scores differ by up to" in checks["rerun"]["about"]
    assert "another machine" in checks["rerun"]["about"]
    forge(packed, other(worst))
    assert "another machine" in failed(packed)["rerun"]


def test_a_claimed_score_is_computed_again_and_judged(packed):
    folder = packed.folder / "submission"
    change_manifest(folder, lambda raw: raw["cells"][0]["scores"].update(accuracy=0.5123))
    found = failed(packed, "--folds", "0")["scores"]
    assert "accuracy 0.5123, not" in found
    # 18 clips: no fraction of them.
    assert "infeasible: accuracy 0.5123 is not a multiple of 1/18" in found


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda cell: cell["classes"].update(low=7), "counts"),
        (lambda cell: cell.update(cell="toy-3/other/paper-0/seed0"), "cells"),
        (lambda cell: cell.update(code="0"), "source"),
        (lambda cell: cell.update(plugin="plugins/none.py"), "source"),
    ],
)
def test_a_claim_that_the_records_do_not_bear_out_is_found(packed, change, check):
    change_manifest(packed.folder / "submission", lambda raw: change(raw["cells"][0]))
    assert check in failed(packed, "--folds", "0")


def test_other_code_than_packed_is_found_without_running_it(packed):
    folder = packed.folder / "submission"
    path = folder / "plugins" / "toy.py"
    path.write_text(path.read_text() + "\nraise SystemExit('this code ran')\n")
    renew(folder)
    found = failed(packed, "--folds", "0")
    assert found == {"source": "plugins/toy.py is not the code that made the records"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\0b", b"(" * 100_000, b"x = '"])
def test_a_packed_source_that_is_no_code_ends_nothing(packed, content):
    folder = packed.folder / "submission"
    (folder / "plugins" / "toy.py").write_bytes(content)
    renew(folder)
    assert failed(packed, "--folds", "0").keys() == {"source"}


def test_no_link_of_a_submission_is_followed_unseen(packed):
    folder = packed.folder / "submission"
    (packed.folder / "outside").mkdir()
    (folder / "plugins" / "more").symlink_to(packed.folder / "outside")
    table = folder / "croissant.json"
    table.rename(packed.folder / "outside" / "croissant.json")
    table.symlink_to(packed.folder / "outside" / "croissant.json")
    found = failed(packed, "--folds", "0")["files"]
    assert "plugins/more: not in the manifest" in found
    assert "croissant.json: missing" in found
    change_manifest(folder, lambda raw: raw["cells"][0].update(plugin="plugins/../../toy.py"))
    assert "is not the code" in failed(packed, "--folds", "0")["source"]


def test_other_code_here_is_found(packed):
    edit_plugin(packed)
    assert "its method's code" in failed(packed, "--folds", "0")["code"]


def test_tables_that_say_something_else_than_the_records_are_found(packed):
    folder = packed.folder / "submission"
    (table,) = (folder / "predictions").iterdir()
    table.write_text(table.read_text().replace(",low,low,", ",low,high,"))
    renew(folder)
    assert failed(packed, "--folds", "0").keys() == {"tables"}


def test_held_out_labels_in_the_process_are_found(packed):
    path = next((packed.results / "records").rglob("*.json"))
    edit(path, lambda raw: raw.update(isolated=False))
    done = packed.bench("submit", CELL, "-o", "submission")
    assert (done.code, "held-out labels" in done.err) == (2, True)
    cell = cell_of(packed)
    found = {check.name: check.state for check in of_cell(*cell)}
    assert found["isolation"] == "failed"


def cell_of(world):
    folder = world.folder / "submission"
    (claim,) = read_manifest(folder).cells
    (cell,) = cells_of(Store(world.results)).values()
    return claim, cell, folder, workspace()[0]


def test_counts_are_held_against_what_is_published(packed):
    claim, cell, folder, _ = cell_of(packed)

    def counts(**labelling) -> str:
        words = SimpleNamespace(classes=("low", "mid", "high"), **labelling)
        registry = SimpleNamespace(
            datasets={"toy": SimpleNamespace(labellings={"3": words})}, methods={}
        )
        return next(c for c in of_cell(claim, cell, folder, registry) if c.name == "counts").state

    assert counts(counts=lambda *_: (6, 6, 6)) == "ok"
    assert counts(counts=lambda *_: (6, 6, 7)) == "failed"
    assert counts(counts=lambda *_: ()) == "not checked"
    assert isinstance(cell, CellRecords)


def test_without_the_data_that_is_said(packed):
    shutil.move(packed.folder / "data", packed.folder / "elsewhere")
    (packed.folder / "bench.toml").write_text('plugins = ["toy.py"]\n')
    code, checks = verify(packed)
    assert (code, checks["rerun"]["state"]) == (0, "not checked")
    assert "toy has no data" in checks["rerun"]["about"]


def test_code_of_a_stranger_runs_only_where_it_is_named(packed):
    (packed.folder / "bench.toml").write_text('[roots]\ntoy = "data"\n')
    # Without its plugin the dataset is unknown: a typing error in the settings.
    (packed.folder / "bench.toml").write_text("")
    code, checks = verify(packed)
    assert code == 0
    assert "--plugin FOLDER/plugins/toy.py" in checks["code"]["about"]
    assert {checks[name]["state"] for name in ("code", "rerun")} == {"not checked"}
    (packed.folder / "bench.toml").write_text('[roots]\ntoy = "data"\n')
    code, checks = verify(packed, "--plugin", "submission/plugins/toy.py")
    assert (code, checks["rerun"]["state"]) == (0, "ok")


def test_other_data_here_are_said(packed):
    path = next((packed.folder / "data").rglob("*.json"))
    path.write_text("[9.0, 9.0]")
    assert "is not the data of" in failed(packed)["rerun"]


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "submission"}', None])
def test_what_cannot_be_read_exits_with_2(world, text):
    (world.folder / "submission").mkdir()
    if text is not None:
        (world.folder / "submission" / "manifest.json").write_text(text)
    done = world.bench("verify", "submission")
    assert (done.code, len(done.err.splitlines())) == (2, 1)


def test_an_edited_manifest_cannot_be_read(packed):
    path = packed.folder / "submission" / "manifest.json"
    path.write_text(path.read_text().replace('"folds": 6', '"folds": 9'))
    done = packed.bench("verify", "submission")
    assert (done.code, "does not match its seal" in done.err) == (2, True)


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/../b", "a b", ".", ""])
def test_no_path_of_a_manifest_leads_outside(name):
    assert not is_inside(name)


def test_a_manifest_that_lists_other_files_cannot_be_read(packed):
    change_manifest(
        packed.folder / "submission", lambda raw: raw["files"].update({"../x": vars(entry(b""))})
    )
    done = packed.bench("verify", "submission")
    assert (done.code, "a path in the folder" in done.err) == (2, True)


def test_what_cannot_be_submitted_is_said_in_a_line(world):
    run(world, "--limit-folds", "2")
    done = world.bench("submit", CELL)
    assert (done.code, "2 of 6 folds" in done.err) == (2, True)
    run(world)
    assert "SPDX" in world.bench("submit", CELL, "--licence", "mine, all mine").err
    assert "https://" in world.bench("submit", CELL, "--url", "ftp://x").err
    assert "twice" in world.bench("submit", CELL, CELL).err
    (world.folder / "submission").mkdir()
    (world.folder / "submission" / "mine.txt").touch()
    assert "--force" in world.bench("submit", CELL).err
    assert world.bench("submit", CELL, "--force").code == 0
    edit_plugin(world)
    done = world.bench("submit", CELL, "--force")
    assert (done.code, "--refresh stale" in done.err) == (2, True)


def test_a_path_of_this_machine_is_not_packed(world):
    run(world)
    for path in (world.results / "records").rglob("*.json"):
        edit(path, lambda raw: raw.update(note="/home/me/weights.pt"))
    done = world.bench("submit", CELL)
    assert (done.code, "/home/me/weights.pt" in done.err) == (2, True)


def test_code_that_is_published_elsewhere_is_named_and_not_packed(world):
    run(world)
    assert world.bench("submit", CELL, "--url", "https://example.org/toy").code == 0
    assert not (world.folder / "submission" / "plugins").exists()
    code, checks = verify(world, "--folds", "1")
    assert code == 0
    assert checks["source"]["about"] == "published at https://example.org/toy"


def test_a_new_submission_replaces_the_one_before(packed):
    packed.bench("submit", CELL, "-o", "submission", "--url", "https://example.org/toy")
    assert not (packed.folder / "submission" / "plugins" / "toy.py").exists()
    assert verify(packed, "--folds", "0")[1]["files"]["state"] == "ok"


def test_a_submission_is_one_archive_of_the_same_files(packed):
    for name in ("one.zip", "two.zip"):
        done = packed.bench("submit", CELL, "-o", name, "--author", "A. Nobody")
        assert done.code == 0, done.err
    first, second = (packed.folder / name for name in ("one.zip", "two.zip"))
    assert first.read_bytes() == second.read_bytes()
    folder = packed.folder / "submission"
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist()[0] == "manifest.json"
        found = {name: archive.read(name) for name in archive.namelist()}
    there = [path for path in folder.rglob("*") if path.is_file()]
    assert found == {path.relative_to(folder).as_posix(): path.read_bytes() for path in there}
    # It replaces its own, and nothing else.
    assert packed.bench("submit", CELL, "-o", "one.zip").code == 0
    (packed.folder / "mine.zip").write_bytes(b"something else")
    assert packed.bench("submit", CELL, "-o", "mine.zip").code == 2
    assert (packed.folder / "mine.zip").read_bytes() == b"something else"


@pytest.mark.parametrize("name", ["x.tar", "x.tar.gz", "x.TGZ", "x.7z", "x.rar", "x.gz"])
def test_another_archive_is_refused(world, name):
    run(world)
    done = world.bench("submit", CELL, "-o", name)
    assert done.code == 2
    said = f"bench: -o {name}: expected a folder, or a file that ends in .zip"
    assert done.err.strip().splitlines() == [said]
    assert not (world.folder / name).exists()


def test_an_archive_is_imported_as_its_folder_is(packed):
    assert packed.bench("submit", CELL, "-o", "one.zip", "--author", "A. Nobody").code == 0
    for source in ("submission", "one.zip"):
        done = packed.bench("results", "import", source, "--results", f"of-{source}")
        assert done.code == 0, done.err
    one, two = (
        {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.json")}
        for folder in (packed.folder / "of-submission", packed.folder / "of-one.zip")
    )
    assert len([path for path in one if path.parts[0] == "records"]) == 6
    assert one == two


def test_a_zip_that_cannot_be_imported_is_a_line(packed):
    packed.bench("submit", CELL, "-o", "one.zip")
    with zipfile.ZipFile(packed.folder / "other.zip", "w") as archive:
        archive.writestr("records/x.json", "{}")
    with (
        zipfile.ZipFile(packed.folder / "one.zip") as sound,
        zipfile.ZipFile(packed.folder / "bad.zip", "w") as archive,
    ):
        archive.writestr("manifest.json", sound.read("manifest.json"))
        archive.writestr("predictions.tar.gz", b"nothing")
    for name, said in (
        ("other.zip", "other.zip is not a submission: it has no manifest.json"),
        ("bad.zip", "bad.zip/predictions.tar.gz: not an archive of predictions"),
        ("none.zip", "none.zip: no such file or folder"),
    ):
        done = packed.bench("results", "import", name)
        assert done.code == 2
        (line,) = done.err.strip().splitlines()
        assert line.startswith(f"bench: {said}")
    done = packed.bench("results", "import", "one.zip", "--task", "toy/3", "--label", "x")
    assert done.code == 2
    assert "a submission is imported without them" in done.err


def test_an_archive_is_verified_as_its_folder_is(packed):
    assert packed.bench("submit", CELL, "-o", "one.zip", "--author", "A. Nobody").code == 0
    words = ("--engine", "serial", "--folds", "1", "--seed", "1", "--json")
    folder, archive = (packed.bench("verify", name, *words) for name in ("submission", "one.zip"))
    assert archive.code == 0
    assert json.loads(archive.out) == json.loads(folder.out)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["../manifest.json"], "leads out"),
        (["/manifest.json"], "leads out"),
        (["manifest.json", "a", "a"], "a name twice"),
        (["manifest.json", "a", "a/b"], "not an archive of a submission"),
        (["other.json"], "no manifest.json"),
        ([], "no manifest.json"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_of_anything_else_is_one_line(world, names, said):
    with zipfile.ZipFile(world.folder / "theirs.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "{}")
    done = world.bench("verify", "theirs.zip")
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert said in line
    assert not (world.folder.parent / "manifest.json").exists()
    (world.folder / "no.zip").write_bytes(b"PK")
    assert "not an archive of a submission" in world.bench("verify", "no.zip").err


def test_descriptions_for_other_tools(packed):
    folder = packed.folder / "submission"
    croissant = json.loads((folder / "croissant.json").read_text())
    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    (file,), (records,) = croissant["distribution"], croissant["recordSet"]
    table = folder / file["contentUrl"]
    assert file["sha256"] == entry(table.read_bytes()).sha256
    header = table.read_text().splitlines()[0].split(",")
    assert [field["source"]["extract"]["column"] for field in records["field"]] == header
    zenodo = json.loads((folder / ".zenodo.json").read_text())
    assert (zenodo["upload_type"], zenodo["license"]) == ("dataset", "cc-by-4.0")
    assert zenodo["creators"] == [{"name": "A. Nobody"}]


def test_a_submission_is_imported_and_stands_on_the_board(packed):
    packed.patch.setenv("XDG_STATE_HOME", str(packed.folder / "else"))
    for source in ("submission", "submission/predictions.tar.gz"):
        shutil.rmtree(packed.results)
        assert "Imported 8 files" in packed.bench("results", "import", source).out
        (table,) = json.loads(packed.bench("board", "--format", "json").out)["tables"]
        (row,) = table["rows"]
        assert (row["label"], row["folds"], row["provenance"]) == ("mean", 6, "reported")


WORKFLOW = Path(__file__).parents[1] / "docs" / "examples" / "leaderboard.yml"


def test_the_workflow_runs_commands_that_exist():
    from bench.cli.verbs import commands

    lines = re.findall(r"^\s*(?:- run: )?bench (.+)$", WORKFLOW.read_text(), re.MULTILINE)
    assert {line.split()[0] for line in lines} >= {"verify", "results", "publish", "board"}
    for line in lines:
        words = line.replace('"', "").split()
        verb = commands()
        while words and hasattr(verb, "commands"):
            verb = verb.commands[words.pop(0)]
        known = {option for one in verb.load().params for option in one.opts}
        assert {word for word in words if word.startswith("-")} <= known, line


def script(job: str) -> str:
    """What a job of the workflow runs, besides installing."""
    import yaml

    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"][job]["steps"]
    (found,) = (step["run"] for step in steps if "name" in step)
    return str(found)


@pytest.mark.slow  # seconds: processes of its own
def test_the_workflow_verifies_what_a_branch_adds_and_puts_main_on_the_board(packed, tmp_path):
    def shell(text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-c", text], env=env, capture_output=True, text=True)

    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "bench").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bench "$@"\n')
    (tools / "bench").chmod(0o755)
    person = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    people = {f"GIT_{what}": "a@b" for what in person}
    around = {"GITHUB_BASE_REF": "main", "BENCH_TRUST": "1", "BENCH_TOY_ROOT": "data"}
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", **people, **around}
    made = shell(
        "set -e; git init -q -b main; git commit -q --allow-empty -m 0; git checkout -q -b theirs;"
        "git update-ref refs/remotes/origin/main main; mkdir submissions;"
        "mv submission submissions/mine; rm -r results; git add submissions; git commit -q -m 1"
    )
    assert made.returncode == 0, made.stderr
    # Who verifies knows the plugin from the submission alone.
    packed.plugin.unlink()
    Path("bench.toml").write_text("")
    verified = shell(script("verify"))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "rerun" in verified.stdout
    published = shell(script("board"))
    assert published.returncode == 0, published.stdout + published.stderr
    assert Path("site/index.html").exists()
    assert "mean" in Path("site/board/leaderboard.md").read_text()
    assert Path("site/board/predictions.tar.gz").exists()
    table = next(Path("submissions/mine").rglob("*.csv"))
    table.write_text(table.read_text().replace("low", "high", 1))
    assert shell("git commit -q -a -m 2").returncode == 0
    assert shell(script("verify")).returncode == 1
