"""The table of verbs: what it lists is what the verbs say, and shells complete it."""

from __future__ import annotations

import dataclasses
import inspect
from typing import get_args

import pytest

from bench.board.publish import FORMATS, Format
from bench.cli.prepare import Request
from bench.cli.run import run
from bench.cli.verbs import VERBS, Group, Verb
from bench.plugins.registry import load
from bench.running.options import RunOptions
from bench.statistics.metrics import METRICS, MetricName

PATHS = {
    path: line
    for name, verb in VERBS.items()
    for path, line in (
        [((name, word), text) for word, text in verb.verbs.items()]
        if isinstance(verb, Group)
        else [((name,), verb)]
    )
}


@pytest.mark.parametrize("path", PATHS)
def test_the_line_of_a_verb_is_the_first_of_its_own_help(path):
    command = Verb(path, PATHS[path]).load()
    assert command.help.split("\n\n")[0] == PATHS[path]
    assert len(PATHS[path]) < 90
    assert all(parameter.help for parameter in command.params)


def test_every_option_of_a_run_has_one_name_from_the_verb_to_the_worker():
    parameters = inspect.signature(run).parameters
    of_run = {field.name for kind in (Request, RunOptions) for field in dataclasses.fields(kind)}
    assert of_run - parameters.keys() == {"plugins", "threads", "gpus"}
    assert parameters.keys() - of_run == {"config", "dry_run"}
    for field in (*dataclasses.fields(Request), *dataclasses.fields(RunOptions)):
        if field.name in parameters:
            assert parameters[field.name].default == field.default, field.name


def test_choices_are_what_there_is():
    assert set(get_args(Format)) == set(FORMATS)
    assert set(get_args(MetricName)) == set(METRICS)


def test_the_version(world):
    from bench import __version__

    assert world.bench("--version").out.strip() == __version__


@pytest.mark.parametrize(
    "words", [[], ["-h"], ["data"], ["run", "-h"], ["results", "import", "-h"]]
)
def test_help(world, words):
    done = world.bench(*words)
    assert done.code == 0
    assert "Usage: bench" in done.out


@pytest.mark.parametrize(
    ("line", "completions"),
    [
        ("re", {"replicate", "results", "repro"}),
        ("data ", {"get", "make", "check", "show", "crop", "landmarks", "cache"}),
        ("run --engine ", {"processes", "serial", "dask"}),
        ("run --device c", {"cpu", "cuda", "cuda:0"}),
        ("run --refresh ", {"stale"}),
        ("run --apex s", {"spotted"}),
        ("plan --apex m", {"middle"}),
        ("board --format m", {"markdown"}),
        ("compare --metric u", {"uf1", "uar"}),
        ("list m", {"methods", "metrics"}),
        ("run --methods noi", set()),
        ("run --methods majority,mea", {"majority,mean", "majority,mean:noisy"}),
        ("run --datasets to", {"toy"}),
        ("run --tasks toy", {"toy/2", "toy/3"}),
        ("info to", {"toy"}),
        ("run --preset q", {"quick"}),
        ("run --protocol ", {"loso", "kfold:5", "kfold:10", "hde", "lovo"}),
        (
            "run -d smic,",
            {f"smic,{name}" for name in ("all", "public", "toy", *load().datasets)},
        ),
    ],
)
def test_shell_completion(world, line, completions):
    asked = {
        "_BENCH_COMPLETE": "complete_bash",
        "COMP_WORDS": f"bench {line}",
        "COMP_CWORD": str(len(line.split(" "))),
    }
    for name, value in asked.items():
        world.patch.setenv(name, value)
    assert set(world.bench().out.split()) == completions


def test_completion_can_be_installed(world):
    assert "_BENCH_COMPLETE" in world.bench("--show-completion", "bash").out
