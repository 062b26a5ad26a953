"""The local files that a Python file imports, read from its import statements alone.

Nothing is imported to find out: a method that is only listed, or whose results are only shown,
never loads torch for it. "Local" is what neither Python nor pip installed: the modules of `bench`,
and whatever a plugin's author keeps beside the plugin.
"""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import importlib.util
import sys
import sysconfig
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
"""The folder of the package `bench`."""
PLUGIN_ROOMS = ("methods", "datasets")
"""Packages below `bench` that may lie outside its folder; see `bench.methods`."""


@dataclass(frozen=True)
class Statement:
    """One import of one name.

    Attributes:
        module: dotted, "" in `from . import x`.
        name: what is taken from the module, "" where the module itself is.
        level: dots of a relative import.
        bound: what the importing file calls it.
    """

    module: str
    name: str = ""
    level: int = 0
    bound: str = ""


def local_files(start: Sequence[Path], without: Collection[Path] = ()) -> set[Path]:
    """The given files and every local file that they import, directly or indirectly.

    Args:
        start: files.
        without: folders whose files are found, and what those import is not.
    """
    search: list[Path] = []
    while True:
        found = _reached(start, search, without)
        # Sorted: the order of a set of paths, and so the folder searched first, differs between
        # runs.
        added = dict.fromkeys(folder for file in sorted(found) for folder in _added_to_path(file))
        new = [folder for folder in added if folder not in search]
        if not new:
            return found
        search += new  # any file may have needed what another one adds: look again


def _reached(start: Sequence[Path], search: Sequence[Path], without: Collection[Path]) -> set[Path]:
    """The given files and all that they import, with more folders in which Python searches."""
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            if file.parent in without:
                continue
            for statement in _statements(file):
                waiting += _files(statement, file, search)
    return found


def siblings(file: Path) -> list[str]:
    """Modules next to a file that it imports although Python would not find them."""
    names = (s.module.partition(".")[0] for s in _statements(file) if not s.level)
    beside = (name for name in dict.fromkeys(names) if _below([file.parent], [name]))
    return [name for name in beside if not _is_standard(name) and _spec(name) is None]


def changes_path(file: Path) -> bool:
    """Whether a file changes `sys.path`, so that more modules can be found at run time."""
    return bool(_added_to_path(file))


def is_installed(file: Path) -> bool:
    """The file belongs to Python or to a package that pip put into site-packages."""
    # Debian calls it dist-packages; the user's own lies outside the folders of sysconfig.
    if {"site-packages", "dist-packages"} & set(file.parts):
        return True
    return any(file.is_relative_to(sysconfig.get_path(key)) for key in ("stdlib", "platstdlib"))


@cache
def tree(file: Path) -> ast.Module:
    """The syntax tree of a file; an empty one where it cannot be parsed (importing it says why)."""
    try:
        # Bytes, so that the parser honours an encoding declaration and a byte order mark.
        return ast.parse(file.read_bytes())
    except SyntaxError:
        return ast.Module([], [])


@cache
def _statements(file: Path) -> tuple[Statement, ...]:
    """Imports of a file, inside functions too; not those for type checkers alone."""
    nodes = _walk(tree(file), types=False)
    return tuple(dict.fromkeys(one for node in nodes for one in _named(node)))


def _walk(node: ast.AST, types: bool) -> Iterator[ast.AST]:
    """Nodes of a tree, with or without what stands below `if TYPE_CHECKING`."""
    yield node
    for child in ast.iter_child_nodes(node):
        # The dump contains the name both in `TYPE_CHECKING` and in `typing.TYPE_CHECKING`.
        if types or not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield from _walk(child, types)
        else:
            for one in child.orelse:
                yield from _walk(one, types)


def _named(node: ast.AST) -> Iterator[Statement]:
    match node:
        case ast.Import(names):
            yield from (Statement(alias.name) for alias in names)
        case ast.ImportFrom(module, names, level):
            for alias in names:
                yield Statement(module or "", alias.name, level or 0, alias.asname or alias.name)
        # Only a literal name can be followed; `bench check` reports imports by computed names.
        case ast.Call(func, [ast.Constant(str(module)), *_]):
            if ast.unparse(func).endswith(("import_module", "__import__")):
                yield Statement(module)


def _files(statement: Statement, file: Path, search: Sequence[Path] = ()) -> list[Path]:
    """The local files that a statement of a file means, the module's own last."""
    parts = statement.module.split(".") if statement.module else []
    within_bench = parts[:1] == ["bench"] and not statement.level
    if statement.level:
        roots = [file.parents[statement.level - 1]]
        # Without an __init__.py, `from . import x` can only mean the file x.py.
        if not parts and not (roots[0] / "__init__.py").is_file():
            parts = [statement.name]
    elif within_bench:
        roots, parts = [PACKAGE], parts[1:]
    else:
        roots = _roots(parts[0], search)
    home = _below(roots, parts)
    if home is None:
        return []
    # Python runs the __init__ of every package on the way. Those of bench only re-export names;
    # following them would tie every method to every module.
    doors = [] if within_bench else _inits(roots, parts)
    return [*doors, _origin(home, statement.name) if statement.name else home]


def _roots(top: str, search: Sequence[Path]) -> list[Path]:
    """The folder of a top-level module; none if it is not local."""
    if _is_standard(top):
        return []
    # These come before what is installed, and the first wins.
    if nearby := [folder for folder in search if _below([folder], [top])]:
        return nearby[:1]
    spec = _spec(top)
    # A namespace package has no origin, only the folders that it is searched in.
    place = spec and (spec.origin or next(iter(spec.submodule_search_locations or ()), None))
    path = Path(place or "")
    if not place or not path.exists() or is_installed(path):
        return []
    return [path.parents[1] if path.name == "__init__.py" else path.parent]


def _below(roots: Sequence[Path], parts: Sequence[str]) -> Path | None:
    """The file of the module `parts` below the first of the roots that has it."""
    if roots == [PACKAGE] and parts and parts[0] in PLUGIN_ROOMS:
        package = importlib.import_module(f"bench.{parts[0]}")
        roots, parts = [Path(folder) for folder in package.__path__], parts[1:]
    for root in roots:
        path = root.joinpath(*parts)
        for file in (path.with_name(f"{path.name}.py"), path / "__init__.py"):
            # Without parts the root itself is meant, not a file next to it that happens to share
            # its name.
            if file.is_file() and (parts or file.parent == path):
                return file
    return None


def _inits(roots: Sequence[Path], parts: Sequence[str]) -> list[Path]:
    doors = (_below(roots, parts[:count]) for count in range(1, len(parts)))
    return [door for door in doors if door is not None]


def _origin(home: Path, name: str) -> Path:
    """The file that defines a name imported from the module at `home`.

    That is a submodule of a package, or the module from which its `__init__` re-exports the name.
    """
    if home.name != "__init__.py":
        return home
    if submodule := _below([home.parent], [name]):
        return submodule
    # With the imports for type checkers: `bench` re-exports lazily, and only these name the
    # modules.
    for node in _walk(tree(home), types=True):
        for statement in _named(node):
            if name == statement.bound and (files := _files(statement, home)):
                return files[-1]
    return home


@cache
def _added_to_path(file: Path) -> tuple[Path, ...]:
    """Folders that a file may add to `sys.path`: its own, and those that its strings name.

    Where the file computes one, `Path(__file__).parents[1] / "lib"`, the strings are tried below
    its own folder and the two above.
    """
    calls = [
        node
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("sys.path.")
    ]
    if not calls:
        return ()
    words = [
        node.value
        for call in calls
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    above = file.parents[:3]
    # Joined as well, for paths built in steps: parent / "shared" / "lib".
    tried = (folder / part for part in ("", *words, "/".join(words)) for folder in above)
    found = (folder.resolve() for folder in tried)
    return tuple(dict.fromkeys(folder for folder in found if folder.is_dir()))


def _is_standard(top: str) -> bool:
    return top in sys.stdlib_module_names or top in sys.builtin_module_names


def _spec(top: str) -> importlib.machinery.ModuleSpec | None:
    """Where Python would find a top-level module today, without importing it."""
    try:
        return importlib.util.find_spec(top)
    # ValueError where the module is loaded and has no spec, like the __main__ of a script.
    except (ImportError, ValueError):
        return None


def forget() -> None:
    """Drop cached contents, so that edited files are read again."""
    for one in (tree, _statements, _added_to_path):
        one.cache_clear()
