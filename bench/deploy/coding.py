"""A model's state as files that hold data alone: reading them cannot run code.

Arrays go into safetensors, scikit-learn estimators into files of skops, and the rest into JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.plugins.state import State

KINDS = "biuf"
"""Types of arrays that are saved: logical values, whole numbers and floats."""
TREE = "sklearn.tree._tree.Tree"
"""Not trusted by skops: scikit-learn follows a tree's nodes without checking where they lead, so
that a forged one reads or writes other memory."""


@dataclass(frozen=True)
class Packed:
    """A state as data.

    Attributes:
        values: what JSON holds, by name.
        columnwise: names of the arrays whose columns lie side by side in memory. Sums over them
            must be taken in the same order again for scores to agree to the last bit.
        weights: the arrays, as the content of a safetensors file.
        estimators: scikit-learn estimators, each as the content of a skops file.
    """

    values: Mapping[str, Any]
    columnwise: tuple[str, ...]
    weights: bytes
    estimators: Mapping[str, bytes]


def pack(state: State) -> Packed:
    """A state as data.

    Raises:
        BenchError: names a value that is neither an array, nor JSON, nor a scikit-learn estimator.
    """
    from safetensors.numpy import save

    arrays = {name: _sound(name, one) for name, one in state.items() if isinstance(one, np.ndarray)}
    estimators = {name: one for name, one in state.items() if _is_estimator(one)}
    rest = {name: one for name, one in state.items() if name not in {*arrays, *estimators}}
    return Packed(
        values={name: _plain(name, one) for name, one in rest.items()},
        columnwise=tuple(sorted(name for name, one in arrays.items() if _is_columnwise(one))),
        # asarray and not ascontiguousarray, which gives a single number a dimension.
        weights=save({name: np.asarray(one, order="C") for name, one in arrays.items()}),
        estimators={name: _dumped(name, one) for name, one in estimators.items()},
    )


def unpack(packed: Packed, own: bool = False) -> State:
    """The state that was packed.

    Args:
        packed: from `pack`.
        own: this user packed it: decision trees are loaded too.

    Raises:
        BenchError: contents that are no such files, or an estimator of a kind that skops does not
            know to be harmless.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = load(packed.weights)
    except SafetensorError as error:
        raise BenchError(f"no safetensors: {error}") from error
    # Copied: what safetensors returns cannot be written to, and some libraries insist.
    state: dict[str, Any] = {
        name: np.array(one, order="F" if name in packed.columnwise else "C")
        for name, one in arrays.items()
    }
    state.update({name: _loaded(name, one, own) for name, one in packed.estimators.items()})
    return {**state, **packed.values}


def _is_estimator(value: object) -> bool:
    # Every scikit-learn estimator has it, and so have those of libraries that follow its rules.
    return hasattr(value, "get_params") and hasattr(value, "fit")


def _sound(name: str, array: Array) -> Array:
    if array.dtype.kind not in KINDS:
        raise BenchError(f"state: {name} is an array of {array.dtype}, expected one of numbers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _is_columnwise(array: Array) -> bool:
    return bool(array.flags.f_contiguous and not array.flags.c_contiguous)


def _plain(name: str, value: Any) -> Any:
    """A value as JSON gives it back."""
    try:
        return json.loads(json.dumps(value, default=_number))
    except (TypeError, ValueError) as error:
        raise BenchError(
            f"state: {name} is a {type(value).__name__}; expected an array, a number, a text, "
            "lists of these, or a scikit-learn estimator"
        ) from error


def _number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError


def _dumped(name: str, estimator: Any) -> bytes:
    import skops.io

    try:
        data: bytes = skops.io.dumps(estimator)
        unknown = set(skops.io.get_untrusted_types(data=data)) - {TREE}
    except Exception as error:  # an estimator may hold anything
        words = " ".join(str(error).split())
        raise BenchError(f"state: {name}: skops cannot save it: {words:.200}") from error
    if unknown:
        raise BenchError(f"state: {name} holds {min(unknown)}, which skops would not load again")
    return data


def _loaded(name: str, data: bytes, own: bool) -> Any:
    import skops.io

    try:
        return skops.io.loads(data, trusted=[TREE] if own else [])
    except Exception as error:  # whatever a damaged or hostile archive leads to
        words = " ".join(str(error).split())
        if TREE in words:
            words = "decision trees are loaded only by the user who trained them; `bench fit` again"
        raise BenchError(f"{name}: skops does not load it: {words:.200}") from error
