"""A new plugin keeps every promise: checked, run on flow and on frames, and at home in methods/."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from test_megc2019flow import clone

from bench import BenchError
from bench.check.toydata import APEX, toy_clips
from bench.plugins.scaffold import Kind, scaffold

ROOT = Path(__file__).parents[1]
KINDS = get_args(Kind)
PEOPLE = ("sub01", "sub02", "sub03", "sub04")
FRAMES = '''
from dataclasses import dataclass
import numpy as np
from bench import Clip, Dataset, DatasetFacts, Index, Labelling

@dataclass(frozen=True)
class Drawn(Dataset):
    """Drawn frames: ROOT/SUBJECT-LABEL.npy."""

    name = "drawn"
    facts = DatasetFacts("Drawn", "nobody", 2026, "", "free", "SUBJECT-LABEL.npy")
    labellings = {"3": Labelling(("0", "1", "2"), {c: c for c in "012"})}

    def index(self) -> Index:
        words = [(file.name, *file.stem.split("-")) for file in sorted(self.root.glob("*.npy"))]
        return Index(
            tuple(
                Clip("drawn", person, label, label, self.root, (name,), APEX)
                for name, person, label in words
            )
        )

    def read(self, clip: Clip) -> dict[str, np.ndarray]:
        return {"frames": np.load(clip.folder / clip.files[0])}
'''


def data(folder: Path) -> None:
    """A clone of the public flow images, and drawn frames, of four subjects each."""
    rows = tuple(("casme2", p, f"EP{c}", c) for p in PEOPLE for c in range(3))
    clone(folder / "flow", rows=rows)
    (folder / "frames").mkdir()
    clips = toy_clips(4, 1)
    for arrays, label, subject in zip(clips.sources, clips.labels, clips.subjects, strict=True):
        np.save(folder / "frames" / f"{subject}-{label}.npy", arrays["frames"])
    (folder / "drawn.py").write_text(FRAMES.replace("APEX", str(APEX)))
    (folder / "bench.toml").write_text(
        'plugins = ["drawn.py"]\n[roots]\nmegc2019flow = "flow"\ndrawn = "frames"\n'
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_method_is_checked_and_runs_on_flow_and_on_frames(world, kind):
    data(world.folder)
    assert world.bench("new", "method", "my_net", "--kind", kind).code == 0
    checked = world.bench("check", "my_net.py", "--json")
    rows = json.loads(checked.out)
    assert [r for r in rows if r["status"] not in ("passed", "noted")] == []
    assert (rows[-1]["detail"], checked.code) == ("25 of 25 checks ran", 0)
    done = world.bench(
        "run", "--plugin", "my_net.py", "-m", "my_net", "-d", "drawn,megc2019flow",
        "--preset", "quick", "--engine", "serial",
    )  # fmt: skip
    assert done.code == 0, done.err
    kept = list(world.records().values())
    assert {raw["inputs"]["task"] for raw in kept} == {"drawn/3", "megc2019flow/3"}
    assert [raw["status"] for raw in kept] == ["ok"] * 8


def test_a_new_method_is_not_written_over_another(world):
    world.bench("new", "method", "my_net")
    again = world.bench("new", "method", "my_net", "--kind", "torch")
    assert again.code == 2
    assert "exists" in again.err
    taken = world.bench("new", "method", "lbptop")
    assert taken.code == 2
    assert "'lbptop' names LBP-TOP; choose another name" in taken.err


@pytest.mark.parametrize("name", ["My-Net", "Mynet", "class", "1net", "_net", "größe", "torch"])
def test_a_name_that_cannot_be_used_is_refused(name):
    with pytest.raises(BenchError, match=r"mymethod|would hide"):
        scaffold(name)


def test_what_is_written_is_formatted_and_linted(tmp_path):
    """As a file of methods/, whose rules are stricter than a user's own."""
    house = tmp_path / "house"
    for folder in ("methods", "tests"):
        (house / folder).mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", house)
    _move_in(house)
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."]):
        _succeeds(command, house)


@pytest.mark.slow
def test_what_is_written_can_move_in(tmp_path):
    """Into a copy of the checkout, where types are checked strictly and all its tests pass."""
    house = tmp_path / "house"
    for folder in ("bench", "methods", "datasets"):
        shutil.copytree(ROOT / folder, house / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", house)
    (house / "tests").mkdir()
    names = _move_in(house)
    _succeeds(["mypy", *(f"methods/{name}.py" for name in names)], house)
    _succeeds(["pytest", "-n", "0", "-q", *(f"tests/test_{name}.py" for name in names)], house)
    _succeeds(["bench", "info", names[0]], house)


def _move_in(house: Path) -> list[str]:
    names = [f"my_{kind}" for kind in KINDS]
    for name, kind in zip(names, KINDS, strict=True):
        for file, text in scaffold(name, kind).items():
            home = "tests" if file.startswith("test_") else "methods"
            (house / home / file).write_text(text)
    return names


def _succeeds(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
