"""Finding plugins: the built-in folders, entry points, and files named on the command line."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import itertools
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from bench.core.dataset import Dataset, Generator
from bench.core.errors import BenchError
from bench.plugins import imports, validate
from bench.plugins.method import Method
from bench.views.catalog import CATALOG

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
    """Import and validate every plugin; a broken installed one is noted, a broken file is an error.

    Raises:
        BenchError: a named file that cannot be imported, or a class in it that is no valid plugin.
    """
    installed: list[ModuleType] = []
    broken: dict[str, str] = {}
    for name in (*_built_in("methods"), *_built_in("datasets"), *_installed()):
        try:
            installed.append(importlib.import_module(name))
        except Exception as error:  # whatever a stranger's module raises must not stop the others
            broken[name] = f"{type(error).__name__}: {error}"
    files = list(dict.fromkeys(path.resolve() for path in files))
    named = [load_file(path) for path in files]
    datasets = _collect(installed, named, Dataset, broken)
    ships = frozenset[str]().union(*(getattr(d, "ships", ()) for d in datasets.values()))
    return Registry(
        methods=_collect(installed, named, Method, broken, ships),
        datasets=datasets,
        generators=_collect(installed, named, Generator, broken),
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
    name = f"bench_plugin_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        return sys.modules[name]
    file = path / "__init__.py" if path.is_dir() else path
    if path.is_dir() and not file.is_file():
        raise BenchError(
            f"--plugin {path}: a folder of a plugin needs an __init__.py with its class"
        )
    if not file.is_file():
        raise BenchError(
            f"--plugin {path}: no such file; expected a Python file or folder with a plugin"
        )
    try:
        module = _executed(path, name)
    except Exception as error:
        refuse_siblings(path)
        raise BenchError(f"--plugin {path} fails to import: {_one_line(error, path)}") from error
    refuse_siblings(path)
    return module


def load_anew(path: Path) -> ModuleType | None:
    """Another copy of a plugin's module, with globals of its own; None where it cannot be had."""
    try:
        return _executed(path, f"bench_copy_{path.stem}_{next(_copies)}")
    except Exception:  # a plugin may object to being there twice
        return None


_copies = itertools.count()


def _executed(path: Path, name: str) -> ModuleType:
    file, where = (path / "__init__.py", [str(path)]) if path.is_dir() else (path, None)
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=where)
    if spec is None or spec.loader is None:
        raise BenchError(f"--plugin {path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def refuse_siblings(path: Path) -> None:
    """Refuse a plugin of one file that imports a file beside it: workers could not find that."""
    if path.is_dir() or imports.changes_path(path):
        return
    for beside in imports.siblings(path):
        raise BenchError(
            f"--plugin {path}: imports {beside}, a file next to it, which Python does not find. "
            f"Make it a folder: move both into {path.stem}/, this file as __init__.py; write "
            f"`from .{beside} import ...`; pass --plugin {path.stem}"
        )


def _one_line(error: BaseException, path: Path) -> str:
    """What was raised and where: the last line of the plugin that was at work."""
    words = f"{type(error).__name__}: {' '.join(str(error).split())}"
    if "mutable default" in words:
        words += ", or a tuple"
    if isinstance(error, ImportError):
        words += _right_import(words)
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(path)]
    if not own or isinstance(error, SyntaxError):  # a syntax error says its own place
        return words
    return f"{words} (line {own[-1].lineno} of {Path(own[-1].filename).name})"


def _right_import(words: str) -> str:
    """Where a view is to be imported from, if that is what failed."""
    importlib.import_module("bench.views")  # fills the catalog
    missing = re.search(r"cannot import name '(\w+)' from 'bench", words)
    if missing is None or missing[1] not in CATALOG:
        return ""
    return f"; write: from {CATALOG[missing[1]].module} import {missing[1]}"


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
    home = f"{module.__name__}."
    classes = [
        one
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
    kind = "method" if issubclass(plugin, Method) else "dataset"
    return [
        f"two {kind} plugins are named {first.name!r}: "  # type: ignore[attr-defined]
        f"{inspect.getfile(first)} and {inspect.getfile(plugin)}; rename one"
    ]
