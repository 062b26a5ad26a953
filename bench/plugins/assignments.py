"""Configuration fields set on the command line: `ststnet:epochs=100+learning_rate=1e-3`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.plugins.fold_weights import WORD
from bench.plugins.method import Method

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
    if plugin.weights_files:
        return [*names, WORD]
    # A plugin with such a field looks for the file itself.
    return [name for name in names if name not in (WORD, f"{WORD}_sha256")]


def values(plugin: type[Method], fields: Mapping[str, str]) -> dict[str, Any]:
    """Values of fields from their text, each of the type that its field has.

    Raises:
        BenchError: text that is no value of its type, or a field that no word can set.
    """
    # Evaluates the annotations, which are text.
    hints = get_type_hints(plugin)
    return {
        name: _value(f"{plugin.name}:{name}", hints[name], text) for name, text in fields.items()
    }


def _value(where: str, kind: Any, text: str) -> Any:
    """Text as a value of a field's type."""
    if get_origin(kind) is Literal:
        found = {str(one): one for one in get_args(kind)}
    elif kind is bool:
        found = {"true": True, "false": False}
    elif kind is str:
        return text
    elif kind in (int, float):
        # No underscores and blanks, which Python would accept.
        if re.fullmatch(NUMBER[kind], text):
            return kind(text)
        raise BenchError(f"{where}={text}: expected {NOUN[kind]}")
    else:
        raise BenchError(f"{where}={text}: {where} cannot be set on the command line")
    if text not in found:
        raise BenchError(f"{where}={text}: expected {' or '.join(found)}")
    return found[text]


def canonical(fields: Mapping[str, Any]) -> list[str]:
    """How assignments are written in a row's name: 1e-3 and .001 are one value."""
    return [
        f"{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in sorted(fields.items())
    ]
