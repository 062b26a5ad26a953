"""What a fitted model consists of, as names and values: what is saved of it, without pickle.

A state is flat. Its values are numpy arrays, what JSON can hold, and fitted scikit-learn
estimators; parts of a part have dotted names, "scaler.width".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from bench.core.errors import BenchError

T = TypeVar("T")
State = Mapping[str, Any]


def flat(thing: object) -> dict[str, Any]:
    """The attributes of an object, and those of the dataclasses that they hold.

    Of a dataclass its fields: what it computed later and keeps beside them is left out.
    """
    if dataclasses.is_dataclass(thing):
        values = {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing)}
    else:
        values = vars(thing)
    return {name: value for part in values for name, value in _flat(part, values[part]).items()}


def _flat(name: str, value: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(value):
        return prefixed(name, flat(value))
    if isinstance(value, tuple | list) and any(map(dataclasses.is_dataclass, value)):
        parts = (_flat(f"{name}.{place}", one) for place, one in enumerate(value))
        return {inner: one for part in parts for inner, one in part.items()}
    return {name: value}


def built(kind: type[T], state: State) -> T:
    """An object with the attributes that `flat` listed; its `__init__` is not called.

    Which dataclasses it holds is read off its own annotations, never off the state.

    Raises:
        BenchError: the state lacks a field.
    """
    made = kind.__new__(kind)
    if not dataclasses.is_dataclass(kind):
        for name, value in state.items():
            object.__setattr__(made, name, value)
        return made
    hints = hints_of(kind)
    for one in dataclasses.fields(kind):
        # Frozen dataclasses refuse any other way of setting a field.
        object.__setattr__(made, one.name, _value(kind, hints[one.name], one.name, state))
    return made


def _value(kind: type, hint: Any, name: str, state: State) -> Any:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return built(hint, under(name, state))
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if any(map(dataclasses.is_dataclass, parts)):
            within = under(name, state)
            return tuple(_value(kind, part, str(place), within) for place, part in enumerate(parts))
    if name not in state:
        raise BenchError(f"the state of a {kind.__name__} lacks {name!r}")
    # JSON has no tuples.
    return tuple(state[name]) if get_origin(hint) is tuple else state[name]


def hints_of(thing: Any) -> dict[str, Any]:
    """The annotations of a class or function, evaluated; arrays are anything.

    Raises:
        BenchError: an annotation names what only type checkers import.
    """
    try:
        # At run time these stand for text that does not evaluate where they are used.
        return get_type_hints(thing, localns={"Array": Any, "Description": Any})
    except NameError as error:
        raise BenchError(
            f"{thing.__qualname__}: its annotations name {error.name}, which is imported for type "
            "checkers alone: import it in any case, or write restore"
        ) from error


def returned(function: Callable[..., Any]) -> type | None:
    """The class that a function returns, as it is annotated; None where that names none."""
    kind = hints_of(function).get("return")
    return kind if isinstance(kind, type) else None


def prefixed(name: str, state: State) -> dict[str, Any]:
    """The state of a part, as the whole has it."""
    return {f"{name}.{inner}": value for inner, value in state.items()}


def under(name: str, state: State) -> dict[str, Any]:
    """The state of one part."""
    start = f"{name}."
    return {whole[len(start) :]: one for whole, one in state.items() if whole.startswith(start)}
