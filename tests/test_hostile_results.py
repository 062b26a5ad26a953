"""A results folder from a stranger: sealed as ours are, with hostile text wherever text may be."""

from __future__ import annotations

import csv
import json
import shutil

import pytest
import sealing

from bench.core.escape import visible

TEXT = (
    "../../../owned\n# h\r\n| x | \x1b[31mred\x1b]0;t\x07 \u202e <script>alert(1)</script> "
    "\\immediate\\write18{touch owned} $(touch owned) $x$ [red] [/] {: .c} `c`"
)
FORMULA = "=cmd|'/c calc'!A1"
FIELDS = {
    "external": ("name", "source", "origin"),
    "environments": ("processor", "system", "python", "commit"),
    "tasks": ("apex",),
    "records": ("label", "preset", "family", "error", "gpu", "device", "environment", "fold"),
}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    return tmp_path_factory.mktemp("theirs")


@pytest.fixture
def stranger(world, theirs):
    """Another machine's results, made once; every test changes a copy."""
    if not (theirs / "results").exists():
        assert world.run(methods="mean,majority").code == 0
        assert world.bench("results", "export", "toy-3/mean", "-o", "p.csv").code == 0
        words = ("--task", "toy/3", "--label", "theirs", "--source", "a paper")
        assert world.bench("results", "import", "p.csv", *words).code == 0
        shutil.move(world.results, theirs / "results")
    shutil.copytree(theirs / "results", world.folder / "stranger")
    return world


def poison(folder, kinds, text):
    """Put a text into the fields of all files of some kinds, and seal them again."""

    def into(value):
        return [f"{text}{i}" for i in range(len(value))] if isinstance(value, list) else text

    for kind in kinds:
        paths = list((folder / kind).rglob("*.json"))
        assert paths
        for path in paths:
            raw = json.loads(path.read_text())
            names = [name for name in FIELDS[kind] if name in raw]
            assert names
            sealing.write(path, raw | {name: into(raw[name]) for name in names})


def shape(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def commands(world, label):
    record = next((world.results / "records").rglob("*.json"), world.folder)
    yield ["results", "list"]
    yield ["results", "verify"]
    yield ["results", "explain", record]
    yield ["board"]
    for form in ("markdown", "csv", "html", "latex", "json"):
        yield ["board", "--format", form]
    yield ["board", "-o", "results/board"]
    yield ["compare", "mean", "majority"]
    yield ["compare", "mean", label]
    yield ["explain", "mean", "-t", "toy/3", "--seconds", "0"]
    yield ["results", "export", "toy-3/mean"]
    yield ["results", "export", f"toy-3/{label}"]


@pytest.mark.parametrize("text", [TEXT, FORMULA])
@pytest.mark.parametrize(
    "kinds", [("external", "environments", "tasks"), ("records",)], ids=["beside", "records"]
)
def test_nothing_of_it_is_obeyed(stranger, kinds, text):
    poison(stranger.folder / "stranger", kinds, text)
    before = shape(stranger.folder.parent)
    done = [stranger.bench("results", "import", "stranger")]
    done += [stranger.bench(*words) for words in commands(stranger, text)]
    for one in done:
        assert one.code in (0, 1, 2)
        assert "Traceback" not in one.err
        for line in (one.out + one.err).split("\n"):
            assert line.isprintable(), line
    ours = (str(stranger.results), str(stranger.folder / "cache"))
    made = set(shape(stranger.folder.parent)) - set(before)
    assert [name for name in made if not name.startswith(ours)] == []
    # What was imported is there to see, and not only refused.
    page = (stranger.results / "board" / "leaderboard.csv").read_text()
    if "external" in kinds:
        cells = [cell for line in csv.reader(page.splitlines()) for cell in line]
        shown = visible(text)
        assert any(shown in cell for cell in cells)
        assert not any(cell.startswith("=") for cell in cells)


@pytest.mark.parametrize("text", [TEXT, "/", "a", "a/b/c", ""])
def test_a_task_without_a_proper_name_is_refused_by_file_and_the_rest_goes_on(stranger, text):
    assert stranger.bench("results", "import", "stranger").code == 0
    (path,) = (stranger.folder / "stranger" / "tasks").glob("*.json")
    sealing.edit(path, lambda raw: raw.update(task=text))
    shutil.rmtree(stranger.results / "tasks")
    done = stranger.bench("results", "import", "stranger")
    assert path.name in done.err
    assert not (stranger.results / "tasks" / path.name).exists()
