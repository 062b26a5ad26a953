"""Validation of plugin classes when they are loaded: one line for each fault.

Each line names the file and the class, what is missing or wrong, and what to write.
"""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import inspect
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, get_args

from bench.core.clip import UNIT_CODES
from bench.core.contain import contained
from bench.core.dataset import Dataset, DatasetFacts, Labelling
from bench.core.words import Annotation
from bench.plugins.fidelity import ORIGINAL, Fidelity
from bench.plugins.method import Facts, Method
from bench.plugins.metric import TAKEN, Metric, counts_only
from bench.views.catalog import CATALOG

ANNOTATIONS = frozenset[str](get_args(Annotation))
"""What `takes` may name beside views: annotations of the training clips."""


def faults(plugin: type, shipped: Collection[str] = ()) -> list[str]:
    """Everything that keeps a method or a dataset from being used, a line each.

    Args:
        plugin: a class derived from `Method` or `Dataset`.
        shipped: names of the arrays that the datasets at hand ship.
    """
    if issubclass(plugin, Method):
        # An instance only of what could be one: its failure would only repeat what is said.
        found = [*_name(plugin), *_method(plugin, shipped)] or list(_instance(plugin))
    elif issubclass(plugin, Dataset):
        found = [*_name(plugin), *_dataset(plugin)]
    elif issubclass(plugin, Metric):
        found = [*_name(plugin), *_metric(plugin)]
    else:
        found = list(_name(plugin))
    return [f"{inspect.getfile(plugin)}: {plugin.__name__}: {fault}" for fault in found]


def _name(plugin: Any) -> Iterator[str]:
    name = getattr(plugin, "name", None)
    if name is None:
        yield f'no name; write name = "{plugin.__name__.lower()}"'
    # A name is also typed in lists with commas and colons, and becomes part of file names and of
    # variables like BENCH_CASME2_ROOT.
    elif not isinstance(name, str) or not re.fullmatch("[a-z0-9][a-z0-9_]*", name):
        example = re.sub("[^a-z0-9_]", "", str(name).lower()) or "mymethod"
        yield f'name is {name!r}; expected one lower-case word: name = "{example}"'


def _method(plugin: type[Method], shipped: Collection[str]) -> Iterator[str]:
    yield from _facts(
        plugin, Facts, 'Facts("Title", "authors, venue", 2026, "https://...", ORIGINAL)'
    )
    fidelity = getattr(getattr(plugin, "facts", None), "fidelity", ORIGINAL)
    if not isinstance(fidelity, Fidelity):
        yield (
            f"facts: fidelity is {fidelity!r}; expected ORIGINAL for a method of your own, or "
            'Fidelity(network=stated("..."), preprocessing=stated("..."), recipe=stated("..."))'
        )
    for function, returns in (("describe", "(self, clip)"), ("fit", "(self, train, context)")):
        if getattr(plugin, function) is getattr(Method, function):
            yield f"no {function}; write def {function}{returns}: ..."
    if plugin.weights_files and plugin.published is Method.published:
        yield "weights_files, and no published; write def published(self, weights, classes): ..."
    taken = list(inspect.signature(plugin.restore).parameters)
    if len(taken) != len(("self", "state", "outline")):
        yield f"restore takes ({', '.join(taken)}); write def restore(self, state, outline): ..."
    yield from _views(plugin, shipped)
    yield from _fields(plugin)


def _instance(plugin: type[Method]) -> Iterator[str]:
    try:
        with contained():
            facts = plugin().stated()
    except Exception as error:  # it runs the plugin's own code
        words = " ".join(str(error).split())
        yield f"{plugin.__name__}().stated() raises {type(error).__name__}: {words}"
        return
    if not isinstance(facts, Facts):
        yield f"{plugin.__name__}().stated() returns a {type(facts).__name__}; expected Facts"


def _views(plugin: type[Method], shipped: Collection[str]) -> Iterator[str]:
    for what, known in (("needs", frozenset[str]()), ("takes", ANNOTATIONS)):
        names = getattr(plugin, what, None)
        if names is None:
            yield (
                f'no {what}; write {what} = frozenset({{"flow_image"}}): the views that describe '
                "uses (`bench list views`)"
            )
        elif not isinstance(names, frozenset) or not all(isinstance(one, str) for one in names):
            words = [names] if isinstance(names, str) else sorted(map(str, names))
            inside = ", ".join(f'"{word}"' for word in words)
            yield (
                f"{what} is a {type(names).__name__}; write {what} = frozenset("
                + (f"{{{inside}}})" if inside else ")")
            )
        else:
            # Registered views are checked first: only an unknown name has to import all the others.
            for name in sorted(names - known - {UNIT_CODES, *shipped, *CATALOG}):
                yield from _unknown_view(what, name, shipped)


def _unknown_view(what: str, name: str, shipped: Collection[str]) -> Iterator[str]:
    importlib.import_module("bench.views")  # fills the catalog
    if name not in CATALOG:
        near = difflib.get_close_matches(name, {*CATALOG, *shipped}, 2, 0.5)
        hint = f"; did you mean {_either(near)}?" if near else "."
        yield f"{what} names {name!r}, and there is no such view{hint} See `bench list views`"


def _fields(plugin: type[Method]) -> Iterator[str]:
    """Faults of the dataclass, and of what names its fields."""
    # From the class itself: a subclass without the decorator inherits that of its base.
    parameters = vars(plugin).get("__dataclass_params__")
    if parameters is None:
        yield f"no @dataclass; write @dataclass(frozen=True) above class {plugin.__name__}"
        return
    if not parameters.frozen:
        yield f"@dataclass is not frozen; write @dataclass(frozen=True) above {plugin.__name__}"
    fields = dataclasses.fields(plugin)  # type: ignore[arg-type]
    for one in fields:
        if one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
            kind = getattr(one.type, "__name__", one.type)
            yield f"the field {one.name} has no default; write {one.name}: {kind} = ..."
        if hasattr(Method, one.name):
            yield f"the field {one.name} hides Method.{one.name}; rename it"
    names = [one.name for one in fields]
    for what in ("presets", "variants"):
        choices: Mapping[str, Mapping[str, Any]] = getattr(plugin, what)
        for word, changes in choices.items():
            yield from _strangers(f"{what}[{word!r}] sets", changes, names)
    for word in sorted(plugin.traced - set(plugin.variants)):
        yield f"traced names {word!r}, and no variant has that name. Variants: " + _list(
            plugin.variants
        )
    yield from _strangers("described_by names", plugin.described_by or (), names)
    yield from _strangers("sources names", plugin.sources, names)


def _strangers(what: str, given: Iterable[str], fields: Collection[str]) -> Iterator[str]:
    for name in given:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1, 0.5)
            hint = f"; did you mean {near[0]}?" if near else "."
            yield f"{what} {name!r}, and no field has that name{hint} Fields: {_list(fields)}"


def _dataset(plugin: type[Dataset]) -> Iterator[str]:
    yield from _facts(
        plugin, DatasetFacts, "DatasetFacts(title, paper, year, url, licence, layout)"
    )
    labellings = getattr(plugin, "labellings", None)
    if not isinstance(labellings, Mapping) or not labellings:
        yield 'no labellings; write labellings = {"3": Labelling(classes, {emotion: class})}'
    else:
        for word, one in labellings.items():
            if not isinstance(one, Labelling):
                yield f"labellings[{word!r}] is a {type(one).__name__}; expected a Labelling"
            elif lost := sorted(set(one.of.values()) - set(one.classes)):
                yield (
                    f"labellings[{word!r}] maps to {_list(lost)}, which its classes do not have: "
                    f"{_list(one.classes)}"
                )
    for function, arguments in (("index", "(self)"), ("read", "(self, clip)")):
        if getattr(plugin, function) is getattr(Dataset, function):
            yield f"no {function}; write def {function}{arguments}: ..."


def _metric(plugin: type[Metric]) -> Iterator[str]:
    if plugin.name in TAKEN:
        yield f"name is {plugin.name!r}, a column of every board; rename it"
    own = [plugin.of_counts is not Metric.of_counts, plugin.of_scores is not Metric.of_scores]
    if sum(own) != 1:
        which = "both" if all(own) else "neither"
        yield f"defines {which} of of_counts(self, counts) and of_scores(...); define one"
    elif said := _tried(plugin):
        yield said


def _tried(plugin: type[Metric]) -> str:
    """What goes wrong on a small example, before a run is spent; "" where nothing does."""
    import numpy as np

    counts = np.arange(2 * 4 * 9, dtype=float).reshape(2, 4, 3, 3) + 1
    labels = np.arange(12) % 3
    try:
        with contained():
            if counts_only(plugin):
                found = np.asarray(plugin().of_counts(counts), float)
                expected: tuple[int, ...] = (2, 4)
            else:
                scores = np.random.default_rng(0).dirichlet(np.ones(3), 12)
                found = np.asarray(plugin().of_scores(labels, scores, np.ones(12)), float)
                expected = ()
    except Exception as error:  # it runs the plugin's own code
        words = " ".join(str(error).split())
        return f"fails on a small example: {type(error).__name__}: {words:.200}"
    if found.shape == expected:
        return ""
    given = "matrices (2, 4, 3, 3)" if expected else "12 clips"
    return f"gives shape {found.shape} for {given}; expected {expected or 'one number'}"


def _facts(plugin: type, kind: type, example: str) -> Iterator[str]:
    facts = getattr(plugin, "facts", None)
    if facts is None:
        yield f"no facts; write facts = {example}"
    elif not isinstance(facts, kind):
        yield f"facts is a {type(facts).__name__}; expected {example}"


def _either(words: Iterable[str]) -> str:
    return " or ".join(words)


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
