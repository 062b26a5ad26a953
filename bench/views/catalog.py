"""What makes a function of a clip a view, and all views by name.

A view function takes a `Views` and keyword parameters and returns an array. Where a dataset ships
the signal itself (ready-made flow, say), the shipped array is returned instead.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from bench.cache.files import key
from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.clip_views import Views

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True)
class ViewSpec:
    """What the plan knows of a view.

    Attributes:
        version: raised when a change of code changes its values.
        of: the views it is computed from: "frames" is what image datasets ship.
        about: first line of its docstring: what it is, its shape and unit.
        module: where it is defined.
    """

    version: int
    of: frozenset[str]
    about: str = ""
    module: str = ""


CATALOG: dict[str, ViewSpec] = {}
"""Every view by name, filled as the modules of this package are imported."""


def view(
    version: int, of: str = "frames", stored: bool = True
) -> Callable[
    [Callable[Concatenate[Views, Parameters], Array]],
    Callable[Concatenate[Views, Parameters], Array],
]:
    """Make a function of a clip a view: listed, replaced by the dataset's own, cached.

    Args:
        version: of the values, part of every key that depends on them.
        of: names of the views it is computed from, space-separated.
        stored: cache it on disk, where computing takes longer than reading.

    Raises:
        BenchError: another module defines a view of that name.
    """

    def decorate(
        compute: Callable[Concatenate[Views, Parameters], Array],
    ) -> Callable[Concatenate[Views, Parameters], Array]:
        name, module = compute.__name__, compute.__module__
        if name in CATALOG and CATALOG[name].module != module:
            raise BenchError(
                f"two views are named {name!r}: in {CATALOG[name].module} and in {module}; "
                "rename one of the functions"
            )
        about = (inspect.getdoc(compute) or "").partition("\n")[0]
        CATALOG[name] = ViewSpec(version, frozenset(of.split()), about, module)

        @functools.wraps(compute)
        def cached(clip: Views, /, *args: Parameters.args, **named: Parameters.kwargs) -> Array:
            # Noted before anything else: a view that comes from the cache was asked for, too.
            clip.seen.add(name)
            if name in clip.sources:
                return clip.sources[name]
            if not stored or clip.cache is None:
                return compute(clip, *args, **named)
            # Raising the version of a view also invalidates what was computed from it.
            below = view_versions(frozenset({name}), frozenset(clip.sources))
            entry = key(clip.digest, name, version, below, args, named)
            found = clip.cache.array("views", entry)
            if found is None:
                found = compute(clip, *args, **named)
                clip.cache.put("views", entry, found)
            return found

        return cached

    return decorate


def provided(clip: Views, name: str) -> Array:
    """An array that the dataset provides; `BenchError` says what it provides instead."""
    clip.seen.add(name)
    try:
        return clip.sources[name]
    except KeyError:
        given = ", ".join(sorted(clip.sources)) or "nothing"
        raise BenchError(f"this clip has no {name!r}: its dataset ships {given}") from None


def provided_frames(clip: Views, positions: Sequence[int]) -> Array:
    """Some of the frames that the dataset provides: (n, h, w[, 3]) uint8; the others stay closed.

    Grey ones are (n, h, w), even of a clip that has colour elsewhere.
    """
    if clip.some_frames is None or "frames" not in clip.sources:
        return provided(clip, "frames")[list(positions)]
    clip.seen.add("frames")
    return clip.some_frames(tuple(positions))


def servable(sources: frozenset[str], catalog: Mapping[str, ViewSpec] = CATALOG) -> frozenset[str]:
    """All views that can be computed from what a dataset provides."""
    have = set(sources)
    while more := {n for n, spec in catalog.items() if n not in have and spec.of <= have}:
        have |= more
    return frozenset(have)


def view_versions(names: frozenset[str], shipped: frozenset[str]) -> dict[str, int]:
    """Versions of the views that are computed for a method.

    Args:
        names: what the method needs or takes.
        shipped: arrays of the dataset: what it ships is not computed, so it has no version.
    """
    versions: dict[str, int] = {}
    waiting = sorted(names & servable(shipped) - shipped)
    while waiting:
        name = waiting.pop()
        if name not in versions:
            versions[name] = CATALOG[name].version
            waiting += sorted(CATALOG[name].of - shipped)
    return versions
