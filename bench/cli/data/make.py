"""`bench data make`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import STAND_INS, out, progress, workspace
from bench.cli.options import Jobs
from bench.core.errors import BenchError
from bench.core.machine import cores
from bench.core.select import unknown
from bench.plugins.settings import stand_ins


def make(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder to write to; default: in the cache.")
    ] = None,
    preset: Annotated[
        str,
        typer.Option(
            "--preset",
            help="Preset of size and difficulty: tiny (the default), 3db (the real class counts) "
            "or apex (3db for methods that see only the apex).",
        ),
    ] = "",
    seed: Annotated[
        int, typer.Option("--seed", help="Random seed; the same seed makes the same clips.")
    ] = 0,
    knob: Annotated[
        list[str] | None,
        typer.Option(
            "--knob",
            metavar="NAME=NUMBER",
            help="Adjust a preset's difficulty: intensity=0.7, noise=2, head=1.5, identity=0.5; "
            "repeatable. docs/synthetic.md lists all knobs.",
        ),
    ] = None,
    jobs: Jobs = None,
) -> None:
    """Make SYNTHETIC stand-ins of SMIC, CASME II and SAMM in their own layouts."""
    registry, settings = workspace()
    generator = next(iter(registry.generators.values()), None)
    if generator is None:
        raise BenchError("the stand-ins' generator is not installed")
    if preset and preset not in generator.presets:
        raise unknown("stand-in preset", preset, generator.presets)
    turned = dict(map(_knob, knob or ()))
    workers = jobs or cores()
    with progress(STAND_INS) as report:
        if folder is None:
            roots = stand_ins(registry, settings.cache, workers, report, preset, seed, turned)
        else:
            preset = preset or generator.first
            roots = dict(generator().make(folder, preset, seed, workers, report, turned))
    lines = [f'{name} = "{root.resolve()}"' for name, root in roots.items()]
    text = "\n".join(["SYNTHETIC stand-ins. To use them, in bench.toml:", "", "[roots]", *lines])
    out().print(text, soft_wrap=True)


def _knob(text: str) -> tuple[str, float]:
    match = re.fullmatch(r"([a-z]+)=([0-9]*\.?[0-9]+)", text)
    if match is None:
        raise BenchError(f"--knob {text!r}: expected a name and a number such as intensity=1.5")
    return match[1], float(match[2])
