"""A method as it is to run: plugin, variant and preset turned into one configuration."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench.cache.files import key
from bench.core.code_hash import seen_by, source_hash
from bench.core.contain import contained
from bench.core.errors import BenchError
from bench.core.names import Label
from bench.core.select import choose, unknown
from bench.plugins.assignments import canonical, joined, split, values
from bench.plugins.fold_weights import WORD, FoldWeights, read_folder
from bench.plugins.method import Method
from bench.plugins.registry import Registry
from bench.plugins.tuning import FOLDS, MARK, Tuning, checked
from bench.plugins.tuning import WORD as TUNE
from bench.views.catalog import view_versions

NEXT = {"minutes": "quick"}
"""What is taken of a method without a preset, where that is not the paper's configuration."""


@dataclass(frozen=True)
class Configured:
    """One row of a board: a method instance and the words it was asked for with.

    Attributes:
        method: the instance; its fields are the configuration.
        label: "lbptop", or "mfvan:delta" for a variant.
        preset: "paper" or "quick"; "paper" where the preset asked for changes nothing.
        weights: published weights that stand in for training; None where it is trained.
        traced: scores of every checkpoint are part of the result.
        tuning: what every fold chooses on its training subjects; None where nothing is.
    """

    method: Method
    label: str
    preset: str
    weights: FoldWeights | None = None
    traced: bool = False
    tuning: Tuning | None = None

    @property
    def config(self) -> dict[str, Any]:
        """The fields, JSON-ready; of a file of weights its digest in place of its path.

        Of a field that is tuned all values to choose from.
        """
        values = {f.name: getattr(self.method, f.name) for f in dataclasses.fields(self.method)}  # type: ignore[arg-type]
        # Where a file lies is no part of what results depend on.
        values |= {"weights": digest} if (digest := values.get(f"{WORD}_sha256")) else {}
        return values | (dict(self.tuning.grid) if self.tuning else {})

    @cached_property
    def description_key(self) -> str:
        """Identifies what `describe` returns, up to the clip."""
        by = self.method.described_by
        config = {n: v for n, v in self.config.items() if by is None or n in by}
        kind = type(self.method)
        # As if all were computed from frames: where a dataset ships a view, a raised version only
        # costs describing again.
        views = view_versions(kind.needs | kind.takes, frozenset({"frames"}))
        code = source_hash(kind), seen_by(kind)
        return key("description", kind.name, kind.version, code, views, config)


def configure(registry: Registry, words: str, preset: str) -> list[Configured]:
    """The methods meant by `lbptop,mfvan:delta,mfvan:*,all`, in the given preset.

    Of variants that a glob names and that are one configuration, the first stands for all. A
    method without the preset is taken as its paper has it; without `minutes`, as `quick`.

    Raises:
        BenchError: a method, variant or preset that there is none of, with the nearest.
    """
    known = {"paper", "quick"}.union(*(plugin.presets for plugin in registry.methods.values()))
    if preset not in known:
        raise unknown("preset", preset, sorted(known))
    chosen: dict[str, Configured] = {}
    for word in joined(words):
        wanted = Label.parse(word)
        for name in choose(wanted.method, registry.methods, "method"):
            plugin = registry.methods[name]
            seen: set[tuple[Method, bool]] = set()
            for variant in _variants(plugin, wanted.variant):
                row = _configured(plugin, variant, preset)
                if wanted.variant == variant or (row.method, row.traced) not in seen:
                    # A row that two words mean keeps the place that the first gave it.
                    chosen.setdefault(row.label, row)
                seen.add((row.method, row.traced))
    return list(chosen.values())


def _variants(plugin: type[Method], words: str) -> Iterable[str]:
    """Variant names meant by the part after the colon; `*` is the plain method and all variants."""
    if not words:
        return [""]
    if words == "*":
        return ["", *plugin.variants]
    # One configuration, assignments included, and no glob.
    if split(plugin, words).fields:
        return [words]
    # Listed variants first: only what matches none of them is the plugin's to interpret.
    if hasattr(plugin, "from_variant") and not fnmatch.filter(plugin.variants, words):
        return [words]
    return choose(words, plugin.variants, f"variant of {plugin.name}")


def _configured(plugin: type[Method], words: str, preset: str) -> Configured:
    near = (preset, NEXT.get(preset, ""))
    preset = next((one for one in near if one in plugin.presets), "paper")
    variant, fields = split(plugin, words)
    folder = fields.pop(WORD, None) if plugin.weights_files else None
    own = {one.name for one in dataclasses.fields(plugin)}  # type: ignore[arg-type]
    folds = fields.pop(TUNE, None) if TUNE not in own else None
    try:
        with contained():
            found = values(plugin, fields)
            changes = {name: each[0] for name, each in found.items() if len(each) == 1}
            method = _instance(plugin, variant, preset, changes)
            # Asked later where its facts are written: better that it fails before the run.
            method.stated()
            hash(method)
    except BenchError:
        raise
    except Exception as error:
        said = f", variant {words!r}" if words else ""
        raise BenchError(
            f"{plugin.name} cannot be configured (preset {preset!r}{said}): "
            f"{type(error).__name__}: {' '.join(str(error).split())}"
        ) from error
    weights = None if folder is None else read_folder(folder, plugin.weights_files)
    # In one order and with one spelling, so that one configuration has one name.
    tuning = _tuning(plugin, {n: each for n, each in found.items() if len(each) > 1}, folds)
    if tuning and weights:
        raise BenchError(f"{plugin.name}:{words}: published weights leave nothing to tune")
    parts = [
        variant,
        *canonical(found),
        *([f"{TUNE}={tuning.folds}"] if tuning else []),
        *([weights.word] if weights else []),
    ]
    label = Label(plugin.name, "+".join(filter(None, parts)))
    return Configured(method, str(label), preset, weights, variant in plugin.traced, tuning)


def _tuning(
    plugin: type[Method], grid: Mapping[str, tuple[Any, ...]], folds: str | None
) -> Tuning | None:
    if not grid and folds is None:
        return None
    if folds is not None and not re.fullmatch("[2-9]|[1-9][0-9]", folds):
        raise BenchError(f"{plugin.name}:{TUNE}={folds}: expected a number of inner folds, 2 to 99")
    if not grid:
        raise BenchError(
            f"{plugin.name}:{TUNE}={folds}: nothing to choose from; expected FIELD=VALUE{MARK}VALUE"
        )
    return checked(plugin, grid, FOLDS if folds is None else int(folds))


def with_tuning(registry: Registry, words: str, grids: Iterable[str], folds: int) -> str:
    """The methods asked for, those that have the fields tuned: `--tune 'C=0.1,1,10' --inner 5`.

    Raises:
        BenchError: a grid that is none, or of a field that no method asked for has.
    """
    fields: dict[str, str] = {}
    for grid in grids:
        name, equals, listed = grid.partition("=")
        each = [word.strip() for word in listed.split(",")]
        if not (equals and name.isidentifier() and len(each) > 1 and all(each)):
            raise BenchError(f"--tune {grid!r:.60}: expected FIELD=VALUE,VALUE,... such as C=0.1,1")
        if name in fields:
            raise BenchError(f"--tune {grid!r:.60}: {name} is tuned twice")
        fields[name] = MARK.join(each)
    known: dict[str, None] = {}
    tuned = []
    for word in joined(words):
        wanted = Label.parse(word)
        for name in choose(wanted.method, registry.methods, "method"):
            own = [one.name for one in dataclasses.fields(registry.methods[name])]  # type: ignore[arg-type]
            known |= dict.fromkeys(own)
            parts = [f"{field}={listed}" for field, listed in fields.items() if field in own]
            # A glob of variants is one of configurations first.
            for variant in _variants(registry.methods[name], wanted.variant):
                inner = [f"{TUNE}={folds}"] if parts else []
                label = Label(name, "+".join(filter(None, [variant, *parts, *inner])))
                tuned.append(str(label))
    for field in fields:
        if field not in known:
            raise unknown("--tune: field", field, known)
    return ",".join(tuned)


def _instance(
    plugin: type[Method], variant: str, preset: str, assigned: Mapping[str, Any]
) -> Method:
    if variant and variant not in plugin.variants:
        if not hasattr(plugin, "from_variant"):
            raise unknown(f"variant of {plugin.name}", variant, plugin.variants)
        method: Method = plugin.from_variant(variant)
        changes: dict[str, Any] = {}
    else:
        method, changes = plugin(), dict(plugin.variants.get(variant, {}))
    # The variant last: what it varies must not be undone by a preset that sets the same field.
    changes = {**plugin.presets.get(preset, {}), **changes, **assigned}
    try:
        return dataclasses.replace(method, **changes)  # type: ignore[type-var]
    except TypeError as error:
        raise BenchError(
            f"{plugin.name}: preset {preset!r} or variant {variant!r} sets a field that "
            f"the method does not have: {error}"
        ) from error
