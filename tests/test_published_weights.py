"""Weights published by a method's authors, a file for each held-out subject."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

PLUGIN = '''

@dataclass(frozen=True)
class Fixed(Mean):
    """Predicts with weights of others."""

    name = "fixed"
    weights_files = {"toy": "subject{:02d}.pth"}

    def fit(self, train, context):
        raise AssertionError("published weights are never trained")

    def published(self, weights, classes):
        from bench import BenchError

        if weights["means"].shape != (classes, 2):
            raise BenchError(f"means is {weights['means'].shape}, expected {(classes, 2)}")
        return Nearest(weights["means"])
'''


@pytest.fixture
def fixed(world):
    """The world with a method `fixed` and weights whose scores tell the file: distances to it."""
    with world.plugin.open("a") as file:
        file.write(PLUGIN)
    folder = world.folder / "theirs"
    folder.mkdir()
    for person in range(6):
        torch.save(
            {"means": torch.full((3, 2), float(person))}, folder / f"subject{person:02d}.pth"
        )
    (folder / "README.md").write_text("no weights")
    return world


def weights(world, folder="theirs", *words):
    return world.run(*words, methods=f"fixed:weights={folder}")


def test_a_fold_gets_the_file_of_its_held_out_subject(fixed):
    assert weights(fixed).code == 0
    records = list(fixed.records().values())
    assert len(records) == 6
    for record in records:
        number = int(record["fold"][-1])
        # A clip at (0, 0) or so: the distance to the means is what the file says.
        low = next(i for i, clip in enumerate(record["clips"]) if "low" in clip)
        assert np.allclose(record["scores"][low], -number * 2**0.5, atol=1)
        assert len(set(record["scores"][low])) == 1


def test_results_depend_on_the_content_and_never_on_the_place(fixed):
    weights(fixed)
    before = fixed.records()
    assert not any(str(fixed.folder) in str(record) for record in before.values())
    shutil.copytree("theirs", "a+b=c")
    (fixed.folder / "theirs" / "README.md").write_text("other words")
    for folder in ("a+b=c", str(fixed.folder / "theirs")):
        assert "6 reused" in weights(fixed, folder).err
    torch.save({"means": torch.zeros(3, 2)}, fixed.folder / "theirs" / "subject03.pth")
    assert "Ran 6 folds" in weights(fixed).err
    assert len({record["label"] for record in fixed.records().values()}) == 2


def test_a_row_of_published_weights_says_so_and_has_no_rank(fixed):
    fixed.run(methods="mean")
    weights(fixed)
    (table,) = json.loads((fixed.results / "leaderboard.json").read_text())["tables"]
    rows = {row["label"].partition("=")[0]: row for row in table["rows"]}
    assert rows["mean"]["rank"] == 1
    assert rows["fixed:weights"]["rank"] is None
    assert rows["fixed:weights"]["selection"] == "unknown"
    assert "published weights" in (fixed.results / "leaderboard.md").read_text()
    label = next(row["label"] for row in table["rows"] if "=" in row["label"])
    (pair,) = json.loads(fixed.bench("compare", "mean", label, "--json").out)
    assert f"{label} with published weights" in pair["verdict"]


def test_a_record_is_reproduced_by_the_digest_alone(fixed):
    weights(fixed)
    cell = next(iter(fixed.records())).rpartition("/")[0]
    again = fixed.bench("repro", cell, "--engine", "serial")
    assert (again.code, "identical" in again.out) == (0, True)
    torch.save({"means": torch.zeros(3, 2)}, fixed.folder / "theirs" / "subject03.pth")
    changed = fixed.bench("repro", cell, "--engine", "serial")
    assert changed.code == 2
    assert "has changed since" in changed.err


def lose(folder: Path) -> None:
    (folder / "subject04.pth").unlink()


def damage(folder: Path) -> None:
    (folder / "subject04.pth").write_bytes((folder / "subject04.pth").read_bytes()[:400])


def pickled(folder: Path) -> None:
    torch.save({"means": Path("/")}, folder / "subject04.pth")


def foreign(folder: Path) -> None:
    torch.save({"means": torch.zeros(5, 2)}, folder / "subject04.pth")


def misnamed(folder: Path) -> None:
    torch.save({"centres": torch.zeros(3, 2)}, folder / "subject04.pth")


def empty(folder: Path) -> None:
    for file in folder.glob("*.pth"):
        file.unlink()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lose, "no subject04.pth"),
        (damage, "subject04.pth: not readable as a state dict"),
        (pickled, "subject04.pth: not readable as a state dict"),
        (foreign, "subject04.pth: does not fit: means is (5, 2), expected (3, 2)"),
        (misnamed, "subject04.pth: does not fit: KeyError: 'means'"),
        (empty, "no files such as subject01.pth"),
        (shutil.rmtree, "expected a folder with a file for each held-out subject"),
    ],
)
def test_a_folder_that_cannot_serve_is_one_line_before_the_run(fixed, fault, said):
    fault(fixed.folder / "theirs")
    outcome = weights(fixed)
    assert outcome.code == 2
    (line,) = [line for line in outcome.err.splitlines() if "weights" in line]
    assert said in line
    assert not fixed.records()


def test_only_leave_one_subject_out_has_a_file_for_each_fold(fixed):
    outcome = weights(fixed, "theirs", "--protocol", "kfold:3")
    assert (outcome.code, "expected loso" in outcome.err) == (2, True)
    assert weights(fixed, "theirs", "--limit-folds", "2").code == 0


def test_a_subject_of_another_database_has_no_weights(fixed):
    from bench.core.errors import BenchError
    from bench.plugins.fold_weights import read_folder

    found = read_folder(str(fixed.folder / "theirs"), {"toy": "subject{:02d}.pth"})
    for subject in ("other/p1", "toy/p"):
        with pytest.raises(BenchError, match=subject):
            found.file_of(subject)
