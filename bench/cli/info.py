"""`bench info`."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from bench.cli.common import print_json, workspace
from bench.cli.complete import complete_names
from bench.cli.options import Json, Plugin
from bench.core.dataset import Dataset
from bench.core.escape import visible
from bench.core.names import Label, TaskName
from bench.core.select import unknown
from bench.data.declared.composite import Composite
from bench.plugins.declared import with_typed
from bench.plugins.docstrings import about, meanings
from bench.plugins.method import Method


def info(
    name: Annotated[
        str, typer.Argument(help="A method or a dataset.", autocompletion=complete_names)
    ],
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Show everything known about a method or a dataset.

    Of a method: paper, fidelity, configuration, presets. Of a dataset: source, licence, tasks and
    the folder layout it is read from.
    """
    registry, _ = workspace(plugin)
    if ":" not in name:  # the plus of a variant joins fields
        registry = with_typed(registry, [name], None)
    plain = Label.parse(name).method
    if plain in registry.methods:
        facts = _method(registry.methods[plain])
    elif plain in registry.datasets:
        facts = _dataset(registry.datasets[plain], registry.datasets)
    else:
        raise unknown("method or dataset", name, [*registry.methods, *registry.datasets])
    if json:
        print_json(facts)
        return
    width = max(map(len, facts))
    for word, value in facts.items():
        lines = _lines(value)
        for i, line in enumerate(lines):
            # Not by rich, which would wrap the layout of a dataset's folders.
            print(visible(f"{word if i == 0 else '':{width}}  {line}".rstrip()))


def _method(plugin: type[Method]) -> dict[str, Any]:
    fidelity = plugin.facts.fidelity
    fields = {f.name: getattr(plugin(), f.name) for f in dataclasses.fields(plugin)}  # type: ignore[arg-type]
    return {
        "method": plugin.name,
        "about": about(plugin),
        **dataclasses.asdict(plugin.facts),
        "fidelity": {
            **{name: f"{one.word}: {one.evidence}" for name, one in fidelity.parts},
            **{
                f"preprocessing of a shipped {view}": f"{one.word}: {one.evidence}"
                for view, one in fidelity.shipped.items()
            },
        },
        "needs": sorted(plugin.needs),
        "takes": sorted(plugin.takes),
        "configuration": {name: repr(value) for name, value in fields.items()},
        **({"published weights": dict(plugin.weights_files)} if plugin.weights_files else {}),
        "sources": dict(plugin.sources),
        "meanings": meanings(plugin),
        "presets": {name: dict(changes) for name, changes in plugin.presets.items()},
        "variants": {name: dict(changes) for name, changes in plugin.variants.items()},
        "version": plugin.version,
        "file": inspect.getfile(plugin),
    }


def _dataset(plugin: type[Dataset], every: Mapping[str, type[Dataset]]) -> dict[str, Any]:
    parts = plugin.composed.parts if issubclass(plugin, Composite) else ()
    tasks = {
        str(TaskName(plugin.name, word)): _counts(labelling.classes, labelling.expected)
        for word, labelling in plugin.labellings.items()
    }
    public = plugin.facts.public
    return {
        "dataset": plugin.name,
        **dataclasses.asdict(plugin.facts),
        "public": f"yes: `bench data get {plugin.name}`" if public else "no",
        "year": plugin.facts.year or "–",
        "ships": sorted(frozenset.intersection(*(every[p].ships for p in parts or (plugin.name,)))),
        "tasks": tasks,
        "root": _root(plugin) if not parts else "none of its own",
        "file": str(plugin.declared_in or inspect.getfile(plugin)),
    }


def _root(plugin: type[Dataset]) -> str:
    # Such a plugin looks for itself, in the folders of other datasets say.
    if plugin.locate.__func__ is not Dataset.locate.__func__:  # type: ignore[attr-defined]
        return "found by a rule of its own: see quirks"
    return f'bench.toml: [roots] {plugin.name} = "..." or BENCH_{plugin.name.upper()}_ROOT'


def _counts(classes: tuple[str, ...], expected: tuple[int, ...]) -> str:
    if not expected:
        return ", ".join(classes)
    return ", ".join(f"{word} {n}" for word, n in zip(classes, expected, strict=True))


def _lines(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{word}: {inner}" for word, inner in value.items()] or ["–"]
    if isinstance(value, list | tuple):
        return [str(inner) for inner in value] or ["–"]
    return str(value).splitlines() or ["–"]
