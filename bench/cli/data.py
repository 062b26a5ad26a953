"""`bench data`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.table import Table as Grid

from bench.cli import FAILED
from bench.cli.common import making, out, print_json, surroundings
from bench.engines import cores
from bench.errors import BenchError
from bench.registry import unknown
from bench.settings import located, no_data, stand_ins
from bench.upkeep import clear, rooms, said_size


def make(folder: Path | None, preset: str, seed: int, jobs: int | None) -> None:
    """Make stand-ins and say how to use them."""
    registry, settings = surroundings(())
    generator = next(iter(registry.generators.values()), None)
    if generator is None:
        raise BenchError("no generator of stand-ins is installed")
    if preset and preset not in generator.presets:
        raise unknown("preset of stand-ins", preset, generator.presets)
    with making() as progress:
        if folder is None:
            roots = stand_ins(registry, settings.cache, jobs or cores(), progress, preset, seed)
        else:
            preset = preset or generator.first
            roots = dict(generator().make(folder, preset, seed, jobs or cores(), progress))
    lines = [f'{name} = "{root.resolve()}"' for name, root in roots.items()]
    text = "\n".join(["SYNTHETIC stand-ins. To use them, in bench.toml:", "", "[roots]", *lines])
    out().print(text, soft_wrap=True, markup=False)


def cache(room: str, as_json: bool) -> None:
    """Print what the cache holds, or empty a room."""
    _, settings = surroundings(())
    if room:
        gone = clear(settings.cache, room)
        out().print(f"{room}: {gone.entries} entries, {said_size(gone.size)} removed")
        return
    held = rooms(settings.cache)
    if as_json:
        print_json([asdict(one) for one in held])
        return
    grid = Grid("room", "entries", "size", title=str(settings.cache.folder))
    for one in held:
        grid.add_row(one.name, str(one.entries), said_size(one.size))
    out().print(grid)


def check(name: str, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Print what a dataset's folder holds; exit 1 when it is not what the papers count."""
    from bench.datacheck import check as check_dataset

    registry, settings = surroundings(plugins)
    if name not in registry.datasets:
        raise unknown("dataset", name, registry.datasets)
    have = located(registry, settings.roots)
    if name not in have:
        raise no_data(name, have)
    report = check_dataset(have[name])
    if as_json:
        print_json({**asdict(report), "problems": report.problems})
    else:
        out().print(str(report), soft_wrap=True, markup=False)
    if not report.good:
        raise SystemExit(FAILED)
