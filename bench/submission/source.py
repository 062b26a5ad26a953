"""The source of the plugins behind a submission: which files are packed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from bench.core.code_hash import code_files, own_files
from bench.core.errors import BenchError
from bench.core.import_graph import PACKAGE, PLUGIN_ROOMS


def built_in(plugin: type) -> bool:
    """Whether a plugin comes with bench."""
    return _of_bench(own_files(plugin)[0])


def packed_files(plugin: type) -> tuple[str, dict[str, Path]]:
    """The source of a plugin that does not come with bench.

    Returns:
        The name of its file below `plugins/`, and all files to pack there by name: its own, and the
        local ones that they import. What it reads besides code is not among them.

    Raises:
        BenchError: it imports local files from outside its folder.
    """
    first = own_files(plugin)[0]
    root = first.parent.parent if first.name == "__init__.py" else first.parent
    files = sorted(path for path in code_files(plugin) if not _of_bench(path))
    outside = [path for path in files if not path.is_relative_to(root)]
    if outside:
        raise BenchError(
            f"{first} imports {outside[0]}, which is outside {root}: move it next to the "
            "plugin, or publish the code and name its address (--url)"
        )
    named = {path.relative_to(root).as_posix(): path for path in files}
    return first.relative_to(root).as_posix(), named


def _of_bench(path: Path) -> bool:
    rooms = [Path(p) for room in PLUGIN_ROOMS for p in import_module(f"bench.{room}").__path__]
    return any(path.is_relative_to(folder.resolve()) for folder in (PACKAGE, *rooms))
