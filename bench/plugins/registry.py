"""Finding plugins: the built-in folders, entry points, and files named on the command line."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from bench.core.dataset import Dataset, Generator
from bench.core.errors import BenchError
from bench.plugins.method import Method

Plugin = TypeVar("Plugin", Method, Dataset, Generator)


@dataclass(frozen=True)
class Registry:
    """All plugins at hand.

    Attributes:
        methods: classes by name, sorted.
        datasets: classes by name, sorted.
        generators: makers of SYNTHETIC stand-ins by name.
        broken: installed plugins that could not be imported, with the reason.
        files: plugin files named on the command line; worker processes load them too.
    """

    methods: Mapping[str, type[Method]]
    datasets: Mapping[str, type[Dataset]]
    generators: Mapping[str, type[Generator]]
    broken: Mapping[str, str]
    files: tuple[Path, ...] = ()


def load(files: Sequence[Path] = ()) -> Registry:
    """Import every plugin; a broken installed one is noted, a broken named file is an error."""
    modules: list[ModuleType] = []
    broken: dict[str, str] = {}
    for name in (*_built_in("methods"), *_built_in("datasets"), *_installed()):
        try:
            modules.append(importlib.import_module(name))
        except Exception as error:  # whatever a stranger's module raises must not stop the others
            broken[name] = f"{type(error).__name__}: {error}"
    files = list(dict.fromkeys(path.resolve() for path in files))
    modules += [load_file(path) for path in files]
    return Registry(
        methods=_collect(modules, Method),
        datasets=_collect(modules, Dataset),
        generators=_collect(modules, Generator),
        broken=broken,
        files=tuple(files),
    )


def _built_in(room: str) -> list[str]:
    package = importlib.import_module(f"bench.{room}")
    return [f"bench.{room}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]


def _installed() -> list[str]:
    groups = (entry_points(group=f"bench.{room}") for room in ("methods", "datasets"))
    return [point.module for group in groups for point in group]


def load_file(path: Path) -> ModuleType:
    """Import a plugin from a file or a folder with `__init__.py`, under a name of its own."""
    path = path.resolve()
    file = path / "__init__.py" if path.is_dir() else path
    name = f"bench_plugin_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    if not file.is_file():
        raise BenchError(f"--plugin {path}: no such file; expected a Python file with a plugin")
    where = [str(path)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=where)
    if spec is None or spec.loader is None:
        raise BenchError(f"--plugin {path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise BenchError(f"--plugin {path} fails to import: {_one_line(error)}") from error
    return module


def _one_line(error: BaseException) -> str:
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    line = f" (line {frames[-1].lineno} of {Path(frames[-1].filename).name})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())}{line}"


def _collect(modules: Iterable[ModuleType], kind: type[Plugin]) -> dict[str, type[Plugin]]:
    found: dict[str, type[Plugin]] = {}
    for module in modules:
        for plugin in vars(module).values():
            if not (isinstance(plugin, type) and issubclass(plugin, kind)):
                continue
            if plugin.__module__ != module.__name__ or "name" not in vars(plugin):
                continue
            first = found.setdefault(plugin.name, plugin)
            if first is not plugin:
                raise BenchError(
                    f"two {kind.__name__.lower()} plugins are named {plugin.name!r}: "
                    f"{inspect.getfile(first)} and {inspect.getfile(plugin)}; rename one"
                )
    return dict(sorted(found.items()))
