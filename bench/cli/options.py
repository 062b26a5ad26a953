"""Options that several verbs share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bench.cache.eviction import read_size
from bench.cli.complete import (
    complete_datasets,
    complete_devices,
    complete_methods,
    complete_presets,
    complete_protocols,
    complete_tasks,
)
from bench.core.errors import BenchError
from bench.core.names import with_arrow
from bench.core.types import ApexPolicy
from bench.running.gpus import checked
from bench.running.options import Engine, Refresh


def _apply_config(context: typer.Context, path: Path | None) -> Path | None:
    if path is not None:
        from bench.cli.run_config import read_config

        context.default_map = read_config(path)
    return path


Methods = Annotated[
    str,
    typer.Option(
        "--methods",
        "-m",
        help="Method names, globs, name:variant, name:*, name:field=value, or all; "
        "comma-separated.",
        autocompletion=complete_methods,
    ),
]
Datasets = Annotated[
    str,
    typer.Option(
        "--datasets",
        "-d",
        help="Dataset names, globs, A+B (a composite), all, or public (public datasets found); "
        "comma-separated.",
        autocompletion=complete_datasets,
    ),
]
Classes = Annotated[
    Path | None,
    typer.Option(
        "--map", help="Tasks of a composite such as casme2+samm: a TOML file of classes and labels."
    ),
]
Tasks = Annotated[
    str,
    typer.Option(
        "--tasks",
        help="Tasks by name, glob or number of classes (casme2/3, 5); default: each dataset's "
        "first.",
        autocompletion=complete_tasks,
    ),
]
KnownTasks = Annotated[
    str,
    typer.Option("--tasks", help="Task names or globs.", autocompletion=complete_tasks),
]
Protocol = Annotated[
    str,
    typer.Option(
        "--protocol",
        help="loso, kfold:K (grouped by subject), hde, A->B (train on database A, test on B), or "
        "lovo (a diagnostic, never ranked).",
        autocompletion=complete_protocols,
        callback=with_arrow,
    ),
]
Seeds = Annotated[str, typer.Option("--seeds", help="Random seeds: 0, 0-4 or 0,3,7.")]
Apex = Annotated[
    ApexPolicy,
    typer.Option(
        "--apex",
        help="Apex frame: annotated (given; the middle frame where none is), always the middle, "
        "or spotted in the frames.",
    ),
]
Preset = Annotated[
    str,
    typer.Option(
        "--preset",
        help="Configuration of the methods: paper, quick, ...; default: paper, but quick on "
        "stand-ins.",
        autocompletion=complete_presets,
    ),
]
LimitFolds = Annotated[
    int | None, typer.Option("--limit-folds", min=1, help="Run only the first N folds.")
]
Folds = Annotated[
    str | None,
    typer.Option("--folds", help="Run only these folds: casme2/01,casme2/02."),
]
ShardOption = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="I/N",
        help="Run one of N equal parts of the plan, for job arrays: 3/40.",
    ),
]
Incomplete = Annotated[
    bool,
    typer.Option(
        "--incomplete",
        help="Leave out clips without readable frames; the name of the task says so.",
    ),
]
Exclude = Annotated[
    Path | None,
    typer.Option(
        "--exclude",
        metavar="FILE",
        help="Leave out the clips in this file, one id per line; the name of the task says so.",
    ),
]
Results = Annotated[
    Path | None, typer.Option("--results", help="Results folder.", show_default="results")
]
Plugin = Annotated[
    list[Path] | None, typer.Option("--plugin", help="Plugin file or folder; repeatable.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes; default: one per core.")
]
EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine",
        help="Worker processes, serial in this one (for a debugger), or workers of a Dask "
        "scheduler.",
    ),
]
LocalEngine = Annotated[
    Literal["processes", "serial"],
    typer.Option("--engine", help="Worker processes, or serial in this one (for a debugger)."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        help="Dask's: tcp://host:8786, a scheduler file, or slurm, pbs, sge, ... to start workers "
        "on a queue.",
    ),
]
DeviceOption = Annotated[
    str,
    typer.Option(
        "--device",
        parser=checked,
        autocompletion=complete_devices,
        metavar="DEVICE",
        help="Device of torch methods: auto (all GPUs, or the CPU), cpu, cuda, or GPUs by number "
        "(cuda:0,cuda:1); each worker process gets one.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        min=0.1,
        help="Time limit in seconds: for each fold, and for each method describing a clip.",
    ),
]
RefreshOption = Annotated[
    Refresh | None,
    typer.Option("--refresh", help="stale: rerun folds whose code has changed since."),
]
Share = Annotated[
    bool,
    typer.Option(
        "--share", help="Run folds even if another run on the results folder has planned them."
    ),
]
GiveUp = Annotated[
    int,
    typer.Option(
        "--give-up",
        min=1,
        metavar="K",
        help="Skip a method's other folds on a task once K in a row have failed alike.",
    ),
]
KeepGoing = Annotated[
    bool,
    typer.Option(
        "--keep-going",
        help="Run all folds of a method, however many fail with the same error.",
    ),
]
CacheSize = Annotated[
    int | None,
    typer.Option(
        "--cache-size", metavar="SIZE", parser=read_size, help="Maximum cache size, e.g. 20GB."
    ),
]
Trace = Annotated[
    bool,
    typer.Option("--trace", help="Score every checkpoint on the held-out subject (oracle column)."),
]
Inner = Annotated[
    int,
    typer.Option(
        "--inner",
        min=0,
        help="Select the checkpoint, or what --tune names, by K-fold cross-validation over "
        "training subjects; 0: off.",
    ),
]
Tune = Annotated[
    list[str] | None,
    typer.Option(
        "--tune",
        metavar="FIELD=V,V,...",
        help="Let every fold choose the field's value by --inner K folds over its training "
        "subjects; repeatable.",
    ),
]
CellPath = Annotated[
    str, typer.Argument(help="The cell: task/method, or more of its path in the results folder.")
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        # Eager: the file must be read before the other options look up their defaults.
        is_eager=True,
        callback=_apply_config,
        help="Read options from a TOML file; keys are option names. The command line wins.",
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace existing files that bench did not write.")
]


def output_option(help: str) -> Any:  # noqa: A002 (typer's word)
    """`--output`, `-o`: the annotation of an option that names a file or folder to write."""
    return typer.Option("--output", "-o", help=help, metavar="PATH", parser=_not_empty)


def _not_empty(text: str) -> Path:
    # pathlib reads it as the working folder; it is a variable of a script that was not set.
    if not text:
        raise BenchError("-o: expected a file or folder, got an empty text")
    return Path(text)


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FACE_MODEL = "MediaPipe's face_landmark.tflite; default: one from an installed package."
FaceModel = Annotated[Path | None, typer.Option("--model", help=FACE_MODEL)]
