"""What a worker on another machine must have in common with the run: Python, packages, code."""

from __future__ import annotations

import hashlib
import importlib
import platform
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bench.cache.files import key
from bench.core.import_graph import PACKAGE, PLUGIN_ROOMS
from bench.store.environment import environment

NAMED = 3
"""Differences that are named before the others are only counted."""


@cache
def identity() -> dict[str, str]:
    """Versions and hashes of all code of the benchmark, by name."""
    packages = {name: found or "not there" for name, found in environment().packages.items()}
    # The last number of Python's version changes no prediction and differs between machines.
    python = ".".join(platform.python_version_tuple()[:2])
    return {"Python": python, **packages, **_code()}


@cache
def identity_hash() -> str:
    """Short name of this identity."""
    return key(identity())[:16]


def differences(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """In words how two identities differ, each difference as "numpy 1.26 (here 2.3)"."""
    names = [name for name in {**here, **there} if there.get(name) != here.get(name)]
    words = [_difference(name, there, here) for name in names[:NAMED]]
    more = len(names) - len(words)
    return ", ".join(words) + (f" and {more} more" if more else "")


def _difference(name: str, there: Mapping[str, str], here: Mapping[str, str]) -> str:
    if not name.endswith(".py"):
        return f"{name} {there.get(name, 'not there')} (here {here.get(name, 'not there')})"
    if name in there and name in here:
        return f"another {name}"
    return f"{name} {'only there' if name in there else 'not there'}"


def _code() -> dict[str, str]:
    folders = {"bench": [PACKAGE]}
    for room in PLUGIN_ROOMS:
        folders[f"bench/{room}"] = [
            Path(one) for one in importlib.import_module(f"bench.{room}").__path__
        ]
    return {
        f"{name}/{file.relative_to(folder).as_posix()}": _hash(file)
        for name, among in folders.items()
        for folder in among
        for file in sorted(folder.rglob("*.py"))
    }


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]
