"""Definitions as TOML text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def as_toml(table: Mapping[str, Any], name: str = "") -> str:
    """Nested tables as text: of each its plain keys first, then its tables."""
    plain = {word: value for word, value in table.items() if not isinstance(value, Mapping)}
    lines = [f"{_key(word)} = {_value(value)}" for word, value in plain.items()]
    text = "".join(f"{line}\n" for line in ([f"[{name}]", *lines] if name and lines else lines))
    for word, inner in table.items():
        if isinstance(inner, Mapping) and inner:
            below = as_toml(inner, f"{name}.{_key(word)}" if name else _key(word))
            text += ("\n" if text else "") + below
    return text


def _key(word: str) -> str:
    return word if re.fullmatch("[A-Za-z0-9_-]+", word) else _value(word)


def _value(value: Any) -> str:
    # Strings, numbers, booleans and lists of them are written alike in JSON and TOML, but for the
    # one sign that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
