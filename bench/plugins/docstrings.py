"""What a plugin's docstrings say: the plugin in a few words, and the meaning of each field."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator

HEADING = "\n\nAttributes:\n"


def about(plugin: type) -> str:
    """The class's docstring without its fields."""
    return (inspect.getdoc(plugin) or "").partition(HEADING)[0]


def meanings(plugin: type) -> dict[str, str]:
    """Meaning of each field of a dataclass, from the Attributes of it and of those it extends."""
    found: dict[str, str] = {}
    # Bases first, so that a class can redefine the meaning of an inherited field.
    for kind in reversed(plugin.__mro__):
        _, _, section = inspect.cleandoc(vars(kind).get("__doc__") or "").partition(HEADING)
        found |= _fields(section)
    return {f.name: found[f.name] for f in dataclasses.fields(plugin) if f.name in found}


def _fields(section: str) -> dict[str, str]:
    """Names and meanings of an Attributes section, each meaning in one line."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in _first_paragraph(section):
        # Exactly four spaces open a field; deeper lines continue its meaning and may contain
        # colons.
        if line.startswith("    ") and not line.startswith("     ") and ":" in line:
            before, _, meaning = line.strip().partition(":")
            # `shift, rotation: at most, ...` says the same of both.
            names = before.split(", ")
            found |= dict.fromkeys(names, meaning.strip())
        else:
            for name in names:
                found[name] += f" {line.strip()}"
    return found


def _first_paragraph(section: str) -> Iterator[str]:
    for line in section.splitlines():
        if not line.strip():
            return
        yield line
