"""The code behind a result: a plugin's own files, and the files of bench that it learns or sees by.

A plugin's predictions also depend on what it imports of `bench.learning` and `bench.views`. Which
files those are is read from the import statements, inside functions too, so that a change in one
makes the records of the methods that use it stale and leaves all others fresh.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bench.plugins.method import Method

ROOMS = ("bench.learning", "bench.views")
HOUSE = Path(__file__).parents[1]


def source_hash(plugin: type[Any]) -> str:
    """Hash of a plugin's own source files: tells whether a record is older than its code."""
    return _hash(*_files(plugin))


def borrowed(plugin: type[Method]) -> dict[str, str]:
    """Hashes of the modules of `ROOMS` that a plugin imports, itself or by way of one another."""
    waiting = [name for file in _files(plugin) for name in _imports(file)]
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = _hash(_module(name))[:8]
            waiting += _imports(_module(name))
    return dict(sorted(found.items()))


def seen_by(plugin: type[Method]) -> dict[str, str]:
    """The part of `borrowed` that a clip's description depends on: views."""
    return {name: code for name, code in borrowed(plugin).items() if name.startswith(ROOMS[1])}


def changes(source: str, lent: Mapping[str, str], plugin: type[Method]) -> list[str]:
    """What of the code behind a record is another today, a few words each.

    Args:
        source: the record's `source_hash`.
        lent: its `borrowed`; empty in records from before it was kept, and then not judged.
        plugin: today's.
    """
    today = borrowed(plugin) if lent else {}
    own = ["its method's code"] if source != source_hash(plugin) else []
    names = sorted(lent.keys() | today.keys())
    return own + [name for name in names if lent.get(name) != today.get(name)]


def _files(plugin: type[Any]) -> tuple[Path, ...]:
    file = Path(inspect.getfile(plugin))
    return tuple(sorted(file.parent.rglob("*.py"))) if file.name == "__init__.py" else (file,)


@cache
def _hash(*files: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _imports(file: Path) -> tuple[str, ...]:
    """Modules in `ROOMS` that a file's import statements name.

    Not the rooms' front doors: they list all that is inside, so that a new view would touch all.
    """
    nodes = ast.walk(ast.parse(file.read_bytes()))
    named = (name for node in nodes for name in _named(node))
    return tuple(dict.fromkeys(name for name in named if _is_module(name)))


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if _is_module(inner) else node.module


def _module(name: str) -> Path:
    """The file of a module of `ROOMS`."""
    return HOUSE.joinpath(*name.split(".")[1:]).with_suffix(".py")


def _is_module(name: str) -> bool:
    return name.startswith(ROOMS) and _module(name).is_file()
