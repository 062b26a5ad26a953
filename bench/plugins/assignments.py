"""Configuration fields set on the command line: `ststnet:epochs=100+learning_rate=1e-3`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.plugins.fold_weights import WORD
from bench.plugins.method import Method
from bench.plugins.tuning import MARK
from bench.plugins.tuning import WORD as TUNE

BETWEEN = "x"
"""Between the numbers of a tuple: 170x140."""
NUMBER = {int: r"-?[0-9]{1,18}", float: r"-?([0-9]+\.?|[0-9]*\.[0-9]+)(e[+-]?[0-9]{1,2})?"}
NOUN = {int: "a whole number", float: "a number such as 0.1 or 1e-3"}


class Words(NamedTuple):
    """The part of a label behind the colon.

    Attributes:
        variant: a variant's name, or words for the plugin to interpret; empty for none.
        fields: text by the name of the field that it is assigned to, in the order typed.
    """

    variant: str
    fields: dict[str, str]


def split(plugin: type[Method], words: str) -> Words:
    """Split "official+epochs=3+weights=a/b+c" at each + that a field and = follow.

    Raises:
        BenchError: no field has that name, or one is set twice.
    """
    known = _settable(plugin)
    marks = [m for m in re.finditer(r"(?:^|\+)(\w+)=", words) if m[1] in known]
    ends = [*(mark.start() for mark in marks[1:]), len(words)]
    before = words[: marks[0].start()] if marks else words
    fields: dict[str, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        if mark[1] in fields:
            raise BenchError(f"{plugin.name}:{words}: {mark[1]} is set twice")
        fields[mark[1]] = words[mark.end() : end]
    # Paths may hold an =, names of variants do not.
    if (wrong := re.search(r"(?:^|\+)(\w+)=", before)) and not hasattr(plugin, "from_variant"):
        raise unknown(f"field of {plugin.name}", wrong[1], known)
    return Words(before, fields)


def _settable(plugin: type[Method]) -> list[str]:
    """Names that may stand before an =."""
    names = [one.name for one in dataclasses.fields(plugin)]  # type: ignore[arg-type]
    if TUNE not in names:
        names.append(TUNE)
    if plugin.weights_files:
        return [*names, WORD]
    # A plugin with such a field looks for the file itself.
    return [name for name in names if name not in (WORD, f"{WORD}_sha256")]


def values(plugin: type[Method], fields: Mapping[str, str]) -> dict[str, tuple[Any, ...]]:
    """Values of fields from their text, each of the type that its field has.

    Returns:
        of each field one value, or several, separated by |, among which inner folds choose.

    Raises:
        BenchError: text that is no value of its type, or a field that no word can set.
    """
    # Evaluates the annotations, which are text.
    hints = get_type_hints(plugin)
    found = {}
    for name, text in fields.items():
        # A text may hold any character; it is no number to choose among.
        words = [text] if hints[name] is str else text.split(MARK)
        where = f"{plugin.name}:{name}"
        found[name] = tuple(_checked(where, hints[name], word) for word in words)
    return found


def _checked(where: str, kind: Any, text: str) -> Any:
    readings = _readings(kind)
    if not readings:
        raise BenchError(f"{where}={text}: {where} cannot be set on the command line")
    for reading in readings:
        value = reading.value(text)
        if value is not NO:
            return value
    expected = " or ".join(reading.expected for reading in readings)
    raise BenchError(f"{where}={text}: expected {expected}")


NO = object()
"""What a text is that has no value of a type."""


class Reading(NamedTuple):
    """One way to read the text of a value.

    Attributes:
        expected: for an error.
        value: of a text; `NO` where it has none.
    """

    expected: str
    value: Callable[[str], Any]


def _readings(kind: Any) -> list[Reading]:
    """The ways to read a value of a field's type; none for a type that no word can set."""
    if get_origin(kind) is Literal:
        return [_words({str(one): one for one in get_args(kind)})]
    if kind is bool:
        return [_words({"true": True, "false": False})]
    if kind is NoneType:
        return [_words({"none": None})]
    if kind is str:
        return [Reading("a text", lambda text: text)]
    if kind in (int, float):
        # No underscores and blanks, which Python would accept.
        return [
            Reading(NOUN[kind], lambda text: kind(text) if re.fullmatch(NUMBER[kind], text) else NO)
        ]
    if get_origin(kind) in (Union, UnionType):
        # Words before numbers before text, which reads anything.
        parts = sorted(get_args(kind), key=lambda one: (one is str, one in (int, float)))
        each = [_readings(part) for part in parts]
        return [one for part in each for one in part] if all(each) else []
    if get_origin(kind) is tuple:
        return _tuples(get_args(kind))
    return []


def _words(values: Mapping[str, Any]) -> Reading:
    return Reading(" or ".join(values), lambda text: values.get(text, NO))


def _tuples(parts: tuple[Any, ...]) -> list[Reading]:
    """Several numbers with an x between: 170x140."""
    endless = len(parts) == 2 and parts[1] is Ellipsis
    if set(parts) - {int, float, Ellipsis}:
        return []

    def value(text: str) -> Any:
        words = text.split(BETWEEN)
        kinds = [parts[0]] * len(words) if endless else list(parts)
        if len(words) != len(kinds):
            return NO
        read = [_readings(kind)[0].value(word) for kind, word in zip(kinds, words, strict=True)]
        return NO if NO in read else tuple(read)

    count = "numbers" if endless else f"{len(parts)} numbers"
    return [Reading(f"{count} with an {BETWEEN} between, such as 2{BETWEEN}2", value)]


def canonical(fields: Mapping[str, Sequence[Any]]) -> list[str]:
    """How assignments are written in a row's name: 1e-3 and .001 are one value."""
    return [f"{name}={MARK.join(map(_text, each))}" for name, each in sorted(fields.items())]


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return BETWEEN.join(map(_text, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def joined(words: str) -> list[str]:
    """A comma-separated list of methods; `field=value` after a comma is of the method before it.

    "ststnet:epochs=3,learning_rate=.1,majority" is "ststnet:epochs=3+learning_rate=.1", "majority".

    Raises:
        BenchError: it begins with a field.
    """
    found: list[str] = []
    for part in map(str.strip, words.split(",")):
        if not re.match(r"\w+=", part):
            found.append(part)
        elif not found:
            raise BenchError(f"{part}: a field without a method; expected METHOD:{part}")
        else:
            found[-1] += f"{'+' if ':' in found[-1] else ':'}{part}"
    return found
