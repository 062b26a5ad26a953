"""A method as it is to run: plugin, variant and preset turned into one configuration."""

from __future__ import annotations

import dataclasses
import fnmatch
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
from bench.plugins.assignments import canonical, split, values
from bench.plugins.fold_weights import WORD, FoldWeights, read_folder
from bench.plugins.method import Method
from bench.plugins.registry import Registry
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
    """

    method: Method
    label: str
    preset: str
    weights: FoldWeights | None = None
    traced: bool = False

    @property
    def config(self) -> dict[str, Any]:
        """The fields, JSON-ready; of a file of weights its digest in place of its path."""
        values = {f.name: getattr(self.method, f.name) for f in dataclasses.fields(self.method)}  # type: ignore[arg-type]
        # Where a file lies is no part of what results depend on.
        return values | ({"weights": digest} if (digest := values.get(f"{WORD}_sha256")) else {})

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
    for word in (part.strip() for part in words.split(",")):
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
    try:
        with contained():
            changes = values(plugin, fields)
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
    parts = [variant, *canonical(changes), *([weights.word] if weights else [])]
    label = Label(plugin.name, "+".join(filter(None, parts)))
    return Configured(method, str(label), preset, weights, variant in plugin.traced)


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
