"""Finding claims: the built-in folder, entry points, and files named on the command line."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from bench.core.contain import contained
from bench.core.errors import BenchError
from bench.literature.replication.claim import Claim
from bench.plugins.load_file import load_file


def find_claims(files: Sequence[Path] = ()) -> dict[str, Claim]:
    """All claims by name, sorted.

    Args:
        files: plugin files; those without claims are passed over.

    Raises:
        BenchError: a module fails to import, states something else, or repeats a name.
    """
    found: dict[str, Claim] = {}
    for module in _modules(files):
        claims = getattr(module, "CLAIMS", None)
        if claims is None:
            continue
        where = getattr(module, "__file__", None) or module.__name__
        if not isinstance(claims, Mapping) or not all(
            isinstance(name, str) and isinstance(one, Claim) for name, one in claims.items()
        ):
            raise BenchError(f"{where}: CLAIMS must be a dict from names to Claim(...)")
        if taken := sorted(claims.keys() & found.keys()):
            raise BenchError(f"{where}: a claim named {taken[0]!r} exists already; rename it")
        found |= claims
    return dict(sorted(found.items()))


def _modules(files: Sequence[Path]) -> Iterator[ModuleType]:
    room = importlib.import_module("bench.replications")
    names = [f"{room.__name__}.{one.name}" for one in pkgutil.iter_modules(room.__path__)]
    names += [point.module for point in entry_points(group=room.__name__)]
    for name in names:
        try:
            with contained():
                module = importlib.import_module(name)
        except Exception as error:  # whatever a stranger's module raises
            raise BenchError(f"{name} fails to import: {type(error).__name__}: {error}") from error
        yield module
    yield from map(load_file, files)
