"""Decision trees of strangers: scikit-learn follows their nodes without looking where they lead.

skops therefore does not trust them. Here they are loaded, and their nodes checked before use.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.core.errors import BenchError

TREE = "sklearn.tree._tree.Tree"
LEAF = -1


def check_trees(estimator: object) -> None:
    """Refuse trees that lead out of themselves, in a circle, or to features that clips lack.

    Args:
        estimator: just loaded, or what holds such.

    Raises:
        BenchError: names what a tree does.
    """
    for holder, tree in _trees(estimator, set()):
        width = min(tree.n_features, getattr(holder, "n_features_in_", tree.n_features))
        if fault := _fault(tree, width):
            raise BenchError(f"a decision tree {fault}: damaged, or made to do harm")


def _trees(thing: Any, seen: set[int]) -> Iterator[tuple[Any, Any]]:
    """Every tree with the estimator that holds it."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, dict):
        parts = list(thing.values())
    elif isinstance(thing, list | tuple):
        parts = list(thing)
    elif isinstance(thing, np.ndarray):
        parts = thing.ravel().tolist() if thing.dtype.hasobject else []
    else:
        parts = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    for part in parts:
        if f"{type(part).__module__}.{type(part).__qualname__}" == TREE:
            yield thing, part
        else:
            yield from _trees(part, seen)


def _fault(tree: Any, width: int) -> str:
    count = tree.node_count
    left, right, feature = tree.children_left, tree.children_right, tree.feature
    if not count == len(left) == len(tree.value):
        return f"has {len(left)} nodes and {len(tree.value)} values, and says {count}"
    inner = left != LEAF
    # A tree is built from its root on, so that every node comes after the one above it.
    above = np.arange(count)[inner]
    for child in (left[inner], right[inner]):
        if np.any(child <= above) or np.any(child >= count):
            return "has a node that leads out of it or back"
    if np.any(feature[inner] < 0) or np.any(feature[inner] >= width):
        return f"asks for a feature beyond the {width} of a clip"
    return ""
