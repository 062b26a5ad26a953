"""The code behind a result: a plugin's own files, and every local file that they import.

A record keeps a hash of each. What counts:

- the plugin's file; of a plugin in a folder every Python file in it, but for `authors.py`, which
  only compares the method with public code;
- each module of `bench` that these import, directly or indirectly, inside functions too.
  `from bench import X` counts as the module that defines X: the `__init__` of a package lists all
  its modules, and following it would make every new view touch every method;
- each local module, that is, one not installed by pip: a file next to the plugin, or in a folder
  that the plugin adds to `sys.path`.

What does not: packages (the record's environment has their versions), the modules in `INERT`,
comments, docstrings and blank lines. `bench check` reports a module that was imported in a way
that cannot be followed.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import io
import os
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from bench.core import import_graph

INERT = (
    "bench.cache",
    "bench.core.checksum",
    "bench.core.errors",
    "bench.core.machine",
    "bench.core.private",
    "bench.core.select",
    "bench.core.types",
    "bench.core.words",
    "bench.plugins.fidelity",
    "bench.plugins.method",
    "bench.plugins.model",
    "bench.plugins.state",
)
"""Modules that cannot change a prediction: declarations, storage and messages."""
COMPARISON = "authors.py"
"""Of a plugin in a folder: compares the method with its authors' code, and takes no part in it."""
LEARNING = ("bench.learning", "bench.planning", "bench.plugins", "bench.statistics")
"""Modules that a clip's description cannot depend on."""


def source_hash(plugin: type) -> str:
    """Hash of a plugin's own files, method or dataset: shows whether a record predates its code."""
    return _hash(*own_files(plugin))


def source_hash_of(file: Path) -> str:
    """`source_hash` of the plugin that a file defines, without running it.

    Args:
        file: that defines it; `__init__.py` for a plugin in a folder.
    """
    return _hash(*_own_files(str(file.resolve())))


def borrowed(plugin: type) -> dict[str, str]:
    """Hashes of all other local files that a plugin imports, directly or indirectly.

    Returns:
        by module, "bench.learning.svm", or by the path from the plugin, "../lib/net.py".
    """
    return dict(_borrowed(*own_files(plugin)))


@cache
def _borrowed(*own: Path) -> dict[str, str]:
    home = own[0].parent
    # How entries are stored cannot change a prediction, and neither can what storing them imports.
    files = import_graph.local_files(own, {import_graph.PACKAGE / "cache"}) - set(own)
    # 32 bits suffice: a hash is only ever compared with the one of the same file at another time.
    named = {_name(file, home): _hash(file)[:8] for file in files}
    return {name: named[name] for name in sorted(named) if not _is(name, INERT)}


def code_files(plugin: type) -> set[Path]:
    """Every file that `source_hash` and `borrowed` look at, and those of `INERT`."""
    return import_graph.local_files(own_files(plugin))


def seen_by(plugin: type) -> dict[str, str]:
    """The part of `borrowed` that a clip's description can depend on."""
    return {name: code for name, code in borrowed(plugin).items() if not _is(name, LEARNING)}


def changes(source: str, kept: Mapping[str, str], plugin: type) -> list[str]:
    """What has changed in the code behind a record, a few words each.

    Args:
        source: the record's `source_hash`.
        kept: its `borrowed`; empty in records from before it was kept, and then not judged.
        plugin: today's.
    """
    own = ["its method's code"] if source != source_hash(plugin) else []
    if not kept:
        return own
    # Newly imported modules need no check: the file that now imports them has changed as well.
    today = borrowed(plugin)
    return own + [name for name in sorted(kept) if kept[name] != today.get(name)]


def own_files(plugin: type) -> tuple[Path, ...]:
    """The plugin's file, or all Python files of its folder; the one that defines it first."""
    return _own_files(inspect.getfile(plugin))


@cache
def _own_files(defined_in: str) -> tuple[Path, ...]:
    file = Path(defined_in).resolve()
    if file.name != "__init__.py":
        return (file,)
    # Sorted, because rglob follows the file system and the hash depends on the order.
    every = (one for one in file.parent.rglob("*.py") if one.name != COMPARISON)
    return (file, *sorted(one for one in every if one != file))


def forget() -> None:
    """Drop cached contents, so that edited files are read again."""
    import_graph.forget()
    for one in (_own_files, _hash, _borrowed):
        one.cache_clear()


def _name(file: Path, home: Path) -> str:
    if file.is_relative_to(import_graph.PACKAGE):
        parts = file.relative_to(import_graph.PACKAGE.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    # From the plugin and with slashes, so that the name is the same on every machine.
    return Path(os.path.relpath(file, home)).as_posix()


def _is(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


@cache
def _hash(*files: Path) -> str:
    digest = hashlib.sha256()
    for path in files:
        # The file's name, not its path: the hash must agree between machines. The NUL keeps names
        # and contents apart.
        digest.update(path.name.encode() + b"\0" + "\n".join(_code(path)).encode())
    return digest.hexdigest()[:16]


def _code(file: Path) -> list[str]:
    """Lines of a file without comments, docstrings, blank lines and space at their ends.

    Read from the text rather than from the syntax tree, whose form differs between versions of
    Python: records of two machines must agree.
    """
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    # A file that does not parse still gets a hash; importing it reports the error.
    except (tokenize.TokenError, SyntaxError):
        return lines
    for token in tokens:
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for first, last in _docstrings(import_graph.tree(file), lines):
        lines[first:last] = [""] * (last - first)
    return [line.rstrip() for line in lines if line.strip()]


def _docstrings(tree: ast.Module, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Spans of lines that hold a string used as a statement, and nothing else."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if (
            isinstance(node.value.value, str)
            # col_offset counts bytes, not characters, which cannot matter where only blanks
            # precede.
            and not lines[node.lineno - 1][: node.col_offset].strip()
        ):
            yield node.lineno - 1, node.end_lineno or node.lineno
