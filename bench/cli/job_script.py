"""`bench plan --slurm`, `--pbs`, `--shell`: the script that runs a plan in equal parts."""

from __future__ import annotations

import math
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from bench.cli.prepare import Prepared, Request
from bench.cli.run_config import NOT_OPTIONS, PARAMETERS
from bench.cli.watch import duration
from bench.core.machine import cores, memory_here
from bench.running.options import RunOptions

Kind = Literal["slurm", "pbs", "shell"]

OWN = (*NOT_OPTIONS, "shard", "jobs", "engine", "scheduler", "results", "share")
"""Options that the script sets, or that nobody types."""
OPTIONS = {parameter: option for option, parameter in PARAMETERS.items()}
"""Of parameters that have other names."""
HOUR = 3600.0
SPARE = 2.0
"""How much longer than estimated a part may take: nodes differ."""
LEAST, UNKNOWN = 0.5 * HOUR, 24 * HOUR
"""Of a part at least, and where the time of some folds is not known."""
MOST_PARTS, USUAL = 1000, 40
"""Parts at most, and where no time is known."""
MEMORY = 4
"""GB for each core of an array."""


@dataclass(frozen=True)
class JobArray:
    """A job array.

    Attributes:
        parts: jobs.
        processes: of each job.
        seconds: time limit of each job.
        gpu: each job needs one.
        memory: GB for each process.
        note: what the limit rests on.
    """

    parts: int
    processes: int
    seconds: float
    gpu: bool
    memory: int
    note: str


def array_of(
    seconds: Sequence[float | None],
    units: int,
    longest: float,
    options: RunOptions,
    parts: int | None,
    memory: int | None = None,
    references: bool = False,
) -> JobArray:
    """The size and time of an array.

    Args:
        seconds: left of each cell; None where that is not known.
        units: folds that are left.
        longest: seconds of the longest fold, as far as known.
        options: number of processes, device.
        parts: jobs asked for; by default so many that each takes about an hour.
        memory: GB asked for, for each process.
        references: some cells are of reference rows, which stand-ins bring along.
    """
    known = sum(one for one in seconds if one is not None)
    unknown = sum(one is None for one in seconds)
    processes = options.jobs or 1
    if parts is None:
        parts = USUAL if unknown else min(MOST_PARTS, math.ceil(known / HOUR / processes))
        parts = max(1, min(parts, units))
    # No part is shorter than its longest fold.
    limit = max(LEAST, SPARE * max(known / parts / processes, longest))
    note = f"Estimated: about {duration(known)} on one core."
    if unknown:
        limit = max(limit, UNKNOWN)
        included = ", reference rows included," if references else ""
        note = f"The run time of {unknown} of its {len(seconds)} cells{included} is unknown."
    return JobArray(
        parts, processes, limit, options.device.startswith("cuda"), memory or MEMORY, note
    )


def script(kind: Kind, prepared: Prepared, words: Mapping[str, Any], array: JobArray) -> str:
    """The script; see `docs/cluster.md`.

    Args:
        kind: of the batch system.
        prepared: the plan.
        words: the options as they were typed.
        array: size and time.
    """
    results = prepared.settings.results.absolute()
    run = shlex.join([*_program(), "run", *_typed(words), "--results", str(results)])
    board = shlex.join([*_program(), "board", "--results", str(results)])
    parts = "part" if array.parts == 1 else "parts"
    head = [
        f"# {array.parts} equal {parts} of one plan, from `bench plan --{kind}`.",
        f"# {array.note}",
        "# Submit it again to resume. When all parts have ended:",
        f"#   {board}",
    ]
    setup = [*_environment(), f"cd {shlex.quote(str(Path.cwd()))}"]
    body = {"slurm": _slurm, "pbs": _pbs, "shell": _shell}[kind](array, run, setup)
    first, *rest = body
    return "\n".join([first, *head, *rest]) + "\n"


def _slurm(array: JobArray, run: str, setup: list[str]) -> Iterator[str]:
    yield "#!/bin/bash"
    yield "#SBATCH --job-name=bench"
    yield f"#SBATCH --array=1-{array.parts}"
    yield f"#SBATCH --cpus-per-task={array.processes}"
    yield f"#SBATCH --mem-per-cpu={array.memory}G"
    yield f"#SBATCH --time={_clock(array.seconds)}"
    yield "#SBATCH --output=bench-%A-%a.out"
    if array.gpu:
        yield "#SBATCH --gres=gpu:1"
    yield from ("", "set -e", *setup)
    yield f'{run} --jobs {array.processes} --shard "$SLURM_ARRAY_TASK_ID/{array.parts}"'


def _pbs(array: JobArray, run: str, setup: list[str]) -> Iterator[str]:
    gpu = ":ngpus=1" if array.gpu else ""
    memory = array.memory * array.processes
    yield "#!/bin/bash"
    yield "#PBS -N bench"
    if array.parts > 1:  # an array of one is refused
        yield f"#PBS -J 1-{array.parts}"
    yield f"#PBS -l select=1:ncpus={array.processes}:mem={memory}gb{gpu}"
    yield f"#PBS -l walltime={_clock(array.seconds)}"
    yield "#PBS -j oe"
    yield from ("", "set -e", *setup)
    yield f'{run} --jobs {array.processes} --shard "${{PBS_ARRAY_INDEX:-1}}/{array.parts}"'


def _shell(array: JobArray, run: str, setup: list[str]) -> Iterator[str]:
    yield "#!/bin/sh"
    yield from ("", "set -e", *setup)
    yield from (
        "failed=0 running=",
        f"for part in $(seq 1 {array.parts}); do",
        f"    {run} --jobs {array.processes} \\",
        f'        --shard "$part/{array.parts}" > "bench-$part.out" 2>&1 &',
        '    running="$running $!"',
        "done",
        "for process in $running; do",
        '    wait "$process" || failed=1',
        "done",
        'exit "$failed"',
    )


def parts_by_default(
    kind: Kind, options: RunOptions, asked: int | None, memory: int | None
) -> int | None:
    """Parts asked for; of a shell script as many as this machine has cores, and memory, for.

    Args:
        kind: of the script.
        options: number of processes.
        asked: parts.
        memory: GB for each process; None if that does not matter.
    """
    if asked is not None or kind != "shell":
        return asked
    there = min(cores(), memory_here() // memory) if memory else cores()
    return max(1, there // (options.jobs or 1))


def _clock(seconds: float) -> str:
    """HH:MM:SS, in full quarters of an hour."""
    minutes = 15 * math.ceil(seconds / 900)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def _program() -> list[str]:
    return ["bench"] if sys.prefix != sys.base_prefix else [sys.executable, "-m", "bench"]


def _environment() -> Iterator[str]:
    """What makes this bench that of the script, on a machine that sees the same disk."""
    if sys.prefix != sys.base_prefix:
        yield f". {shlex.quote(sys.prefix)}/bin/activate"
    else:
        yield "# module load python  # if your cluster has modules"
    for name in ("BENCH_CONFIG", "BENCH_CACHE"):
        if value := os.environ.get(name):
            yield f"export {name}={shlex.quote(str(Path(value).absolute()))}"


def _typed(words: Mapping[str, Any]) -> Iterator[str]:
    """The options of a run that differ from their defaults, as they are typed."""
    seen: set[str] = set()
    for field in (*fields(Request), *fields(RunOptions)):
        value = words.get(field.name)
        default = None if field.default is MISSING else field.default
        if field.name in (*OWN, *seen) or value in (None, default, "", (), []):
            continue
        seen.add(field.name)
        option = f"--{OPTIONS.get(field.name, field.name).replace('_', '-')}"
        if value is True:
            yield option
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            yield from (option, str(one.absolute() if isinstance(one, Path) else one))
