"""Importing plugins from their source alone, never from the bytecode beside it.

Python prefers a file in `__pycache__` that claims to be up to date, and a folder from elsewhere may
bring one that does something else than the source that its user has read and agreed to run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType

PREFIXES = ("bench_plugin_", "bench_copy_")
"""Of the modules' names, which `load_file` makes up."""


class SourceLoader(SourceFileLoader):
    """Compiles the source whenever it is imported."""

    def get_code(self, fullname: str) -> CodeType:
        """The compiled source."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class PluginFinder:
    """Finds the modules inside a plugin's folder."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Called by `import` for every module; None for those that are no part of a plugin."""
        if path is None or not name.startswith(PREFIXES):
            return None
        for folder in path:
            spec = FileFinder(folder, (SourceLoader, [".py"])).find_spec(name)
            # Without a loader it is a folder without __init__.py, which Python finds itself.
            if spec is not None and spec.loader is not None:
                return spec
        return None


def install() -> None:
    """Have `import` ask here first."""
    if PluginFinder not in sys.meta_path:
        sys.meta_path.insert(0, PluginFinder)
