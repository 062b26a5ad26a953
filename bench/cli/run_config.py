"""`--config run.toml`: the options of a run from a file; those on the command line win."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from bench.cli.prepare import Request
from bench.core.errors import BenchError
from bench.core.typed import read_toml, refuse_unknown, typed
from bench.plugins.settings import place
from bench.running.options import RunOptions

NOT_OPTIONS = ("plugins", "threads", "gpus")
"""Fields of `RunOptions` that no user sets."""
PARAMETERS = {"map": "classes"}
"""Options whose parameters have other names."""
SPELLED: dict[str, Any] = {
    "methods": str | list[str],
    "datasets": str | list[str],
    "tasks": str | list[str],
    "seeds": str | int | list[int],
    "results": str,
    "exclude": str,
    "classes": str,
    "plugin": list[str],
    "tune": list[str],
    "cache_size": str | int,
}
"""Options that a file spells in another type than the program uses."""


def read_config(path: Path) -> dict[str, Any]:
    """The options in a file, each as the command line would spell it.

    Keys are the names of the options, with dashes or underscores; lists stand for what is separated
    by commas. Paths are relative to the file.

    Raises:
        BenchError: no such file, no TOML, an unknown key (did you mean), a wrong type.
    """
    try:
        raw = read_toml(path)
    except FileNotFoundError:
        raise BenchError(f"--config {path}: no such file") from None
    raw = {PARAMETERS.get(key, key.replace("-", "_")): value for key, value in raw.items()}
    kind = _file_type()
    refuse_unknown(raw, kind, path)
    # Only to refuse wrong types: the values go on as text, which the options parse themselves.
    typed(raw, kind, path)
    return {name: _spelled(name, value, path) for name, value in raw.items()}


def _file_type() -> type[Any]:
    """A dataclass of all options, made from `Request` and `RunOptions`."""
    hints = get_type_hints(Request) | get_type_hints(RunOptions)
    types = {name: _unchosen(hint) for name, hint in hints.items()} | SPELLED
    fields = [
        (name, kind | None, dataclasses.field(default=None))
        for name, kind in types.items()
        if name not in NOT_OPTIONS
    ]
    return dataclasses.make_dataclass("RunFile", fields)


def _unchosen(hint: Any) -> Any:
    """Text where there are choices: the option itself names them to whoever misses them."""
    kinds = get_args(hint) if NoneType in get_args(hint) else (hint,)
    return str if any(get_origin(kind) is Literal for kind in kinds) else hint


def _spelled(name: str, value: Any, file: Path) -> Any:
    if name == "tune":
        return value  # its commas are between values
    if name == "plugin":
        return [str(place(file, one)) for one in value]
    if name in ("results", "exclude", "classes"):
        return str(place(file, value))
    if isinstance(value, list):
        return ",".join(map(str, value))
    return value if isinstance(value, bool | float) else str(value)
