"""Finding plugins: the built-in folders, entry points, and files named on the command line."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from bench.core.contain import contained
from bench.core.dataset import Dataset, Generator
from bench.core.errors import BenchError
from bench.plugins import validate
from bench.plugins.load_file import load_file
from bench.plugins.method import Method
from bench.plugins.metric import Metric

Plugin = TypeVar("Plugin", Method, Dataset, Generator, Metric)


@dataclass(frozen=True)
class Registry:
    """All plugins at hand.

    Attributes:
        methods: classes by name, sorted.
        datasets: classes by name, sorted.
        generators: makers of SYNTHETIC stand-ins by name.
        metrics: classes of further columns by name.
        broken: installed plugins that could not be imported, with the reason.
        files: plugin files named on the command line; worker processes load them too.
    """

    methods: Mapping[str, type[Method]]
    datasets: Mapping[str, type[Dataset]]
    generators: Mapping[str, type[Generator]]
    broken: Mapping[str, str]
    files: tuple[Path, ...] = ()
    metrics: Mapping[str, type[Metric]] = field(default_factory=dict)


def load(files: Sequence[Path] = ()) -> Registry:
    """Import and validate every plugin; a broken installed one is noted, a broken file is an error.

    Raises:
        BenchError: a named file that cannot be imported, or a class in it that is no valid plugin.
    """
    installed: list[ModuleType] = []
    broken: dict[str, str] = {}
    for name in (*_built_in("methods"), *_built_in("datasets"), *_installed()):
        try:
            with contained():
                installed.append(importlib.import_module(name))
        except Exception as error:  # whatever a stranger's module raises must not stop the others
            broken[name] = f"{type(error).__name__}: {error}"
    # bench.toml and --plugin may name the same file.
    files = list(dict.fromkeys(path.resolve() for path in files))
    named = [load_file(path) for path in files]
    # Datasets first: a method may need an array that only a dataset ships.
    datasets = _collect(installed, named, Dataset, broken)
    ships = frozenset[str]().union(*(dataset.ships for dataset in datasets.values()))
    return Registry(
        methods=_collect(installed, named, Method, broken, ships),
        datasets=datasets,
        generators=_collect(installed, named, Generator, broken),
        metrics=_collect(installed, named, Metric, broken),
        broken=broken,
        files=tuple(files),
    )


def _built_in(room: str) -> list[str]:
    package = importlib.import_module(f"bench.{room}")
    return [f"bench.{room}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]


def _installed() -> list[str]:
    """Modules that installed packages name, looked up again when a folder of packages changes."""
    return _entry_points(tuple((folder, _changed(folder)) for folder in sys.path))


# Every package's metadata is read for it: 10 to 30 ms, which a notebook would pay for each call.
@lru_cache(maxsize=1)
def _entry_points(_: tuple[tuple[str, int], ...]) -> list[str]:
    every = entry_points()
    rooms = ("methods", "datasets", "metrics")
    return [point.module for room in rooms for point in every.select(group=f"bench.{room}")]


def _changed(folder: str) -> int:
    """When something was last added to a folder, or removed, in ns; 0 where there is none."""
    try:
        return Path(folder).stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def _collect(
    installed: Iterable[ModuleType],
    named: Iterable[ModuleType],
    kind: type[Plugin],
    broken: dict[str, str],
    shipped: frozenset[str] = frozenset(),
) -> dict[str, type[Plugin]]:
    """Valid plugins of a kind by name; faults of installed ones go into `broken`."""
    found: dict[str, type[Plugin]] = {}
    for module in installed:
        for plugin in _plugins(module, kind):
            # The tests validate what comes with bench: a listing need not spend time on it.
            ours = module.__name__.startswith(("bench.methods.", "bench.datasets."))
            wrong = [] if ours else validate.faults(plugin, shipped)
            if wrong := wrong or _taken(plugin, found):
                broken[module.__name__] = "; ".join(wrong)
            else:
                found[plugin.name] = plugin
    wrong = []
    for module in named:
        for plugin in _plugins(module, kind):
            if faults := validate.faults(plugin, shipped):
                wrong += faults
            elif taken := _taken(plugin, found):
                raise BenchError(taken[0])  # the same file twice: one name says it
            else:
                found[plugin.name] = plugin
    if wrong:
        raise BenchError("\n".join(wrong))
    return dict(sorted(found.items()))


def _plugins(module: ModuleType, kind: type[Plugin]) -> list[type[Plugin]]:
    """Classes that a module defines, or hands on from its own files, to be used as plugins.

    A class that inherits its name is a reading of that plugin, for its variants. One without any
    name is meant as a plugin unless another class of the module builds on it.
    """
    # The dots at the end keep bench.methods.ab from passing for a part of bench.methods.a.
    home = f"{module.__name__}."
    classes = [
        one
        # Once each: a module may bind one class to two names.
        for one in dict.fromkeys(v for v in vars(module).values() if isinstance(v, type))
        if issubclass(one, kind) and f"{one.__module__}.".startswith(home)
    ]
    return [
        one
        for one in classes
        if "name" in vars(one)
        or not (hasattr(one, "name") or any(one in other.__mro__[1:] for other in classes))
    ]


def _taken(plugin: type, found: Mapping[str, type]) -> list[str]:
    first = found.get(plugin.name)  # type: ignore[attr-defined]
    if first is None or first is plugin:
        return []
    kind = next(
        k.__name__.lower() for k in (Method, Dataset, Generator, Metric) if issubclass(plugin, k)
    )
    return [
        f"two {kind} plugins are named {first.name!r}: "  # type: ignore[attr-defined]
        f"{inspect.getfile(first)} and {inspect.getfile(plugin)}; rename one"
    ]
