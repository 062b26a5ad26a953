"""Records that contradict nothing and yet hold what no run writes: no command breaks on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bench.cache.files import key
from tests.sealing import write

COMMANDS = [
    ("results", "list"),
    ("results", "verify"),
    ("results", "export", "toy/3/mean"),
    ("board", "--format", "json"),
    ("board", "--format", "markdown"),
    ("board", "--format", "latex"),
    ("board",),
    ("compare", "mean", "mean:noisy"),
    ("explain", "mean", "toy/3", "--looks", "0"),
    ("plan", "-m", "mean", "-d", "toy"),
]
TEXT = "\x1b[2J\n|[red]\\input{x}"
VALUES: list[Any] = [None, True, -1, 10**30, 1e308, TEXT, "", [], {}, [[1]], {"a": [1]}]
Change = Callable[[dict[str, Any]], Any]


def config(name: str, value: Any) -> Change:
    return lambda raw: raw["inputs"]["config"].update({name: value})


CHANGES: list[Change] = [
    *(config(name, value) for name in ("scale", "weights") for value in VALUES),
    lambda raw: raw["inputs"].update(config={}),
    lambda raw: raw["inputs"].update(version=10**30),
    lambda raw: raw["inputs"].update(views={"nope": -1}),
    lambda raw: raw["inputs"].update(annotations={TEXT: None}),
    lambda raw: raw["inputs"].update(seed=2**62),
    lambda raw: raw["inputs"].update(task="other/9"),
    lambda raw: (raw["inputs"].update(protocol="kfold:3"), raw.update(fold="001")),
    lambda raw: (raw["inputs"].update(method="other"), raw.update(label="other")),
    lambda raw: raw.update(label=f"mean:{TEXT}"),
    lambda raw: raw.update(preset=TEXT),
    lambda raw: raw.update(preset=""),
    lambda raw: raw.update(parameters=-(10**30)),
    lambda raw: raw.update(gpu=TEXT),
    lambda raw: raw.update(curve=[{"a": 1e400}, {}]),
    lambda raw: raw.update(trace=[[10**30, raw["scores"]], [-5, raw["scores"]]]),
    lambda raw: raw.update(scores=[[1e308, -1e308, 0.0]] * 3),
    lambda raw: raw.update(seconds={"fit": 1e308, "predict": 1e308}),
    lambda raw: raw.update(borrowed={"../x": "y"}, dataset_code={"toy": TEXT}, source=TEXT),
    lambda raw: raw.update(status="failed", error=TEXT, scores=[]),
    lambda raw: raw.update(environment="abc"),
]


@pytest.mark.parametrize(
    "commands", [COMMANDS[3:4], pytest.param(COMMANDS, marks=pytest.mark.slow)]
)
def test_no_command_breaks(world, commands):
    world.run("--trace", methods="mean,mean:noisy")
    world.patch.setattr("bench.evaluation.scoring.RESAMPLES", 20)
    paths = sorted((world.results / "records").rglob("*.json"))[:6]
    sound = {path: path.read_text() for path in paths}
    for i, change in enumerate(CHANGES):
        for path in paths:
            raw = json.loads(sound[path])
            change(raw)
            raw["key"] = key(raw["inputs"], raw["fold"])
            shared = {name: value for name, value in raw["inputs"].items() if name != "seed"}
            raw["family"] = key(shared)[:12]
            write(path, raw)
        for words in commands:
            # What is no error of the user's ends the test with its traceback.
            done = world.bench(*words)
            assert done.code in (0, 1, 2), (i, words, done)
            assert "\x1b[2J" not in done.out + done.err, (i, words)
        for path in paths:
            path.write_text(sound[path])
