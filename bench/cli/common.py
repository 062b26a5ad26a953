"""What several verbs share: plugins and settings, datasets, the console."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.cli.screen import Screen
from bench.core.dataset import Dataset
from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.plugins.declared import with_typed
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located, no_data, read_settings

STAND_INS = "making SYNTHETIC stand-ins"

MOST_NUMBERS = 1_000
"""A longer range is a typing error: each seed is a run of its own."""

DAMAGED = 5
"""Damaged files that a command names before it only counts."""


def workspace(
    plugins: Sequence[Path] | None = None, results: Path | None = None, needed: bool = False
) -> tuple[Registry, Settings]:
    """Plugins and settings; `results` overrides the configured folder.

    Raises:
        BenchError: the plugins of bench.toml are `needed`, and nobody agreed to run them.
    """
    registry, settings = read_settings(plugins or (), needed)
    if settings.doubt:
        err().say(f"left out: {settings.doubt}")
    return registry, settings if results is None else replace(settings, results=results)


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Read numbers: 0-4, 0,3,7 or 2.

    Raises:
        BenchError: anything else.
    """
    found: dict[int, None] = {}
    for part in text.split(","):
        # [0-9] rather than isdigit, which also accepts "²". Nine digits: a seed fits 32 bits.
        match = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part.strip())
        if match is None:
            raise BenchError(
                f"{option} {text!r:.60}: expected numbers such as 0, 0-4 or 0,3,7, each below 10^9"
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise BenchError(f"{option} {text!r:.60}: {part} counts down; write {last}-{first}")
        if len(found) + last - first >= MOST_NUMBERS:
            raise BenchError(f"{option} {text!r:.60}: expected at most {MOST_NUMBERS} numbers")
        found.update(dict.fromkeys(range(first, last + 1)))
    return tuple(found)


def out() -> Screen:
    """Standard output, wide enough for tables where it is no terminal."""
    return Screen(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160)


def err() -> Screen:
    """Standard error: progress and remarks."""
    return Screen(stderr=True)


def name_damaged(lines: Sequence[str], what: str) -> None:
    """Name damaged files on standard error, the first few one by one."""
    for line in lines[:DAMAGED]:
        err().say(f"damaged, {what}: {line}")
    if len(lines) > DAMAGED:
        err().say(f"... and {len(lines) - DAMAGED} more; `bench results list` names them all")


def print_json(content: Any) -> None:
    """Print JSON for other programs."""
    print(json.dumps(content, indent=1, sort_keys=True, default=str))


def open_dataset(name: str, plugins: Sequence[Path] | None, classes: Path | None = None) -> Dataset:
    """A dataset, or a typed composite, whose data is configured.

    Args:
        name: "casme2" or "casme2+samm".
        plugins: plugin files.
        classes: file of a composite's tasks, as `--map` names it.

    Raises:
        BenchError: an unknown name, or no data.
    """
    registry, settings = workspace(plugins)
    registry = with_typed(registry, [name], classes)
    if name not in registry.datasets:
        raise unknown("dataset", name, registry.datasets)
    have = located(registry, settings.folders)
    if name not in have:
        raise no_data(name, have)
    return have[name]


@contextmanager
def progress(text: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar that appears with the first report of (done, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(text, markup=False), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=err(), transient=True)
    task = bar.add_task("", total=None, visible=False)

    def report(done: int, total: int) -> None:
        if bar.console.is_terminal:
            bar.start()
            bar.update(task, completed=done, total=total, visible=True)

    try:
        yield report
    finally:
        if bar.live.is_started:
            bar.stop()
