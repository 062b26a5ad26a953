"""`--config run.toml`: the options of a run from a file."""

from __future__ import annotations

import json

import pytest

from tests.test_command_line import complains


def config(world, text: str) -> str:
    (world.folder / "run.toml").write_text(text)
    return "run.toml"


def test_a_file_holds_what_the_command_line_does(world):
    file = config(
        world,
        """
        methods = ["mean", "mean:noisy"]
        datasets = "toy"
        tasks = "2"
        seeds = [0, 3]
        limit-folds = 2
        engine = "serial"
        trace = true
        results = "elsewhere"
        cache_size = "20GB"
        """,
    )
    assert world.bench("run", "--config", file).code == 0
    files = (world.folder / "elsewhere" / "records").rglob("*.json")
    records = [json.loads(file.read_text()) for file in files]
    assert len(records) == 8
    cells = {
        (raw["label"], raw["inputs"]["task"], raw["inputs"]["seed"], raw["traced"])
        for raw in records
    }
    assert cells == {(m, "toy/2", s, True) for m in ("mean", "mean:noisy") for s in (0, 3)}


def test_options_on_the_command_line_win(world):
    file = config(world, 'methods = "mean"\ndatasets = "toy"\nseeds = 1\n')
    done = world.bench("plan", "--config", file, "--seeds", "4", "--json")
    assert [(row["method"], row["seed"]) for row in json.loads(done.out)] == [("mean", 4)]
    done = world.bench("plan", "--seeds", "4", "--config", file, "--json")
    assert [row["seed"] for row in json.loads(done.out)] == [4]


def test_paths_are_relative_to_the_file(world):
    folder = world.folder / "configs"
    folder.mkdir()
    world.plugin.rename(folder / "toy.py")
    (world.folder / "bench.toml").write_text("")
    (folder / "run.toml").write_text('methods = "mean"\nplugin = ["toy.py"]\nresults = "here"\n')
    world.patch.setenv("BENCH_TOY_ROOT", str(world.folder / "data"))
    done = world.bench("run", "--config", "configs/run.toml", "-d", "toy", "--engine", "serial")
    assert done.code == 0, done.err
    assert (folder / "here" / "leaderboard.md").is_file()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('metods = "all"', ["unknown key 'metods'", "did you mean methods"]),
        ("dry_run = true", ["unknown key 'dry_run'"]),
        ("methods = 3", ["methods: 3, expected a string or a list"]),
        ('inner = "three"', ["inner: 'three', expected an integer"]),
        ("trace = 1", ["trace: 1, expected true or false"]),
        ('timeout = "long"', ["timeout: 'long', expected a number"]),
        ('plugin = "toy.py"', ["plugin: 'toy.py', expected a list"]),
        ('engine = "fast"', ["--engine", "'fast' is not one of 'processes', 'serial'"]),
        ("jobs = 0", ["--jobs", "greater than or equal to 1"]),
        ('cache-size = "much"', ["--cache-size", "'much', expected a size"]),
        ("jobs =", ["not TOML"]),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_file(world, line, words):
    complains(world.bench("run", "--config", config(world, line)), "run.toml", *words)


def test_a_wrong_option_beside_a_file_does_not_accuse_the_file(world):
    file = config(world, 'engine = "serial"')
    done = world.bench("run", "--config", file, "--engine", "fast")
    complains(done, "'fast' is not one of")
    assert "run.toml" not in done.err


def test_a_file_that_is_not_there(world):
    complains(world.bench("run", "--config", "nothing.toml"), "nothing.toml: no such file")
