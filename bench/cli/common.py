"""What several verbs share: registry and settings, numbers on the command line, the console."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.core.errors import BenchError
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, read_settings

DAMAGED = 5
"""Damaged records that a command names before it only counts."""


def surroundings(
    plugins: tuple[Path, ...], results: Path | None = None
) -> tuple[Registry, Settings]:
    """Plugins and settings; `results` overrides the configured folder."""
    registry, settings = read_settings(plugins)
    return registry, settings if results is None else replace(settings, results=results)


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Read numbers: 0-4, 0,3,7 or 2.

    Raises:
        BenchError: anything else.
    """
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise BenchError(f"{option} {text!r}: expected numbers such as 0, 0-4 or 0,3,7")
        found += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(found))


def out() -> Console:
    """Standard output, wide enough for tables where it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def err() -> Console:
    """Standard error: progress and remarks."""
    return Console(stderr=True, highlight=False)


def chosen_device(word: str) -> str:
    """`cuda` or `cpu`, where `auto` leaves the choice to the machine."""
    if word != "auto":
        return word
    from importlib.util import find_spec

    # Asking torch costs seconds; without a driver there is nothing to ask.
    if not Path("/proc/driver/nvidia").exists() or find_spec("torch") is None:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def name_damaged(lines: Sequence[str], what: str) -> None:
    """Name damaged records on standard error, the first few one by one."""
    for line in lines[:DAMAGED]:
        err().print(f"damaged, {what}: {line}", soft_wrap=True, markup=False)
    if len(lines) > DAMAGED:
        err().print(f"... and {len(lines) - DAMAGED} more; `bench results list` names them all")


def print_json(content: Any) -> None:
    """Print JSON for other programs."""
    print(json.dumps(content, indent=1, sort_keys=True, default=str))


@contextmanager
def making() -> Iterator[Callable[[int, int], None]]:
    """A progress bar for making stand-ins that appears with the first report."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("making SYNTHETIC stand-ins"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)
