"""Datasets and composites that bench.toml declares, among those of plugins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.core.dataset import Dataset
from bench.core.errors import BenchError
from bench.core.typed import read_toml
from bench.data.declared.class_map import composed, read_map
from bench.data.declared.composite import composite_dataset, typed_composite
from bench.data.declared.dataset import Declaration, declaration, declared_dataset
from bench.data.declared.definition import FILE, read_definition
from bench.plugins.registry import Registry

NAME = "[a-z0-9][a-z0-9_]*"
"""What a dataset may be called: part of lists on the command line, of file names and variables."""


def declarations(settings: Path, tables: Mapping[str, Mapping[str, Any]]) -> list[Declaration]:
    """The datasets of a settings file.

    Args:
        settings: the file; paths in it are relative to it.
        tables: `[datasets.NAME]`: `file` alone, or the keys of such a file.

    Raises:
        BenchError: a name that is none, or a definition that is wrong, in one line.
    """
    return [_declared(settings, name, table) for name, table in tables.items()]


def _declared(settings: Path, name: str, table: Mapping[str, Any]) -> Declaration:
    where = f"{settings}: datasets.{name}"
    check_name(name, where)
    if "file" not in table:
        return declaration(name, table, settings, where)
    if set(table) != {"file"} or not isinstance(table["file"], str):
        raise BenchError(f'{where}: expected file = "{FILE}" alone, or the keys of such a file')
    path = settings.parent / table["file"]
    path = path / FILE if path.is_dir() else path
    return declaration(name, read_definition(path), path, str(path))


def check_name(name: str, where: str) -> None:
    """Refuse a name that cannot be typed in lists or be part of a variable."""
    if not re.fullmatch(NAME, name):
        raise BenchError(f"{where}: {name!r} is no name; expected one lower-case word: mylab")


def _check_free(name: str, registry: Registry, where: str) -> None:
    if name in registry.datasets:
        title = registry.datasets[name].facts.title
        raise BenchError(f"{where}: the name of {title}; rename yours")


def _with_datasets(registry: Registry, more: Mapping[str, type[Dataset]]) -> Registry:
    return replace(registry, datasets=dict(sorted({**registry.datasets, **more}.items())))


def with_declared(registry: Registry, declared: Iterable[Declaration], settings: Path) -> Registry:
    """Plugins and declared datasets together.

    Raises:
        BenchError: a plugin has the name of one.
    """
    found = {one.name: declared_dataset(one) for one in declared}
    for name in found:
        _check_free(name, registry, f"{settings}: datasets.{name}")
    return _with_datasets(registry, found)


def with_composites(
    registry: Registry, tables: Mapping[str, Mapping[str, Any]], settings: Path
) -> Registry:
    """Plugins and the composites of a settings file together.

    Raises:
        BenchError: a name that is none or taken, or a composite that is wrong, in one line.
    """
    found = {}
    for name, raw in tables.items():
        where = f"{settings}: composites.{name}"
        check_name(name, where)
        _check_free(name, registry, where)
        one = composed(name, read_map(raw, where), registry.datasets, where)
        found[name] = composite_dataset(replace(one, origin=str(settings)))
    return _with_datasets(registry, found)


def with_typed(registry: Registry, words: Iterable[str], classes: Path | None) -> Registry:
    """Plugins and the composites that a user typed, such as "casme2+samm".

    Args:
        registry: plugins.
        words: as typed.
        classes: file of their tasks; None for those that all parts have.

    Raises:
        BenchError: a file or a composite that is wrong, or a file without a composite.
    """
    typed = [word for word in words if "+" in word]
    if classes is None:
        table = None
    elif not typed:
        raise BenchError(f"--map {classes}: maps labels of a composite, such as -d casme2+samm")
    else:
        try:
            table = read_map(read_toml(classes), f"--map {classes}")
        except FileNotFoundError:
            raise BenchError(f"--map {classes}: no such file") from None
        if not table.tasks:
            raise BenchError(f"--map {classes}: no tasks; write [tasks.3.classes]")
    found = {word: typed_composite(word, registry.datasets, table) for word in sorted(typed)}
    return _with_datasets(registry, found)
