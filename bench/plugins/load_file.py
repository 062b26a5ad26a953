"""Importing a plugin from a file or a folder that a user names."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import itertools
import re
import sys
from pathlib import Path
from types import ModuleType

from bench.core import import_graph
from bench.core.contain import ExitError, contained
from bench.core.errors import BenchError
from bench.plugins import source_only
from bench.views.catalog import CATALOG


def load_file(path: Path, known_as: Path | None = None) -> ModuleType:
    """Import a plugin from a file or a folder with `__init__.py`, under a name of its own.

    Args:
        path: of the file or folder.
        known_as: the path that its name is made from, where this is a copy sent by another machine.
    """
    path = path.resolve()
    # The hash of the path keeps files of one name in different folders apart.
    origin = known_as or path
    name = f"bench_plugin_{origin.stem}_{hashlib.sha256(str(origin).encode()).hexdigest()[:8]}"
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
        with contained():
            module = _executed(path, name)
    except BenchError:
        raise
    except Exception as error:
        # If a file next to it is the cause, this message says what to do, and Python's does not.
        refuse_siblings(path)
        raise BenchError(f"--plugin {path} fails to import: {_one_line(error, path)}") from error
    # Even where the import worked: a function may import a sibling only when it is called.
    refuse_siblings(path)
    return module


def load_anew(path: Path) -> ModuleType | None:
    """Another copy of a plugin's module, with globals of its own; None where it cannot be had."""
    try:
        with contained():
            return _executed(path, f"bench_copy_{path.stem}_{next(_copies)}")
    except Exception:  # a plugin may object to being there twice
        return None


_copies = itertools.count()


def _executed(path: Path, name: str) -> ModuleType:
    file, where = (path / "__init__.py", [str(path)]) if path.is_dir() else (path, None)
    if file.suffix != ".py":
        raise BenchError(f"--plugin {path}: not a Python file")
    source_only.install()
    loader = source_only.SourceLoader(name, str(file))
    spec = importlib.util.spec_from_file_location(
        name, file, loader=loader, submodule_search_locations=where
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Before it runs, because dataclasses look their module up by name while a class is made.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    # A module that ran only in part must not be returned by the next call.
    except BaseException:
        del sys.modules[name]
        raise
    return module


def refuse_siblings(path: Path) -> None:
    """Refuse a plugin of one file that imports a file beside it: workers could not find that."""
    if path.is_dir() or import_graph.changes_path(path):
        return
    for beside in import_graph.siblings(path):
        raise BenchError(
            f"--plugin {path}: imports {beside}, a file next to it, which Python does not find. "
            f"Make it a folder: move both into {path.stem}/, this file as __init__.py; write "
            f"`from .{beside} import ...`; pass --plugin {path.stem}"
        )


def _one_line(error: BaseException, path: Path) -> str:
    """What was raised and where: the last line of the plugin that was at work."""
    words = f"{type(error).__name__}: {' '.join(str(error).split())}"
    # Python suggests default_factory, but with a list the configuration would not hash.
    if "mutable default" in words:
        words += ", or a tuple"
    if isinstance(error, ExitError):
        words += '; guard the call with `if __name__ == "__main__":`'
    if isinstance(error, ImportError):
        words += _right_import(words)
    if "attempted relative import" in words:
        words += "; make it a folder with this file as its __init__.py"
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
