"""Files of typed data: what a person or an earlier run wrote, checked before anything uses it.

A dataclass or TypedDict says what a file holds. Whatever differs is one line that names the file,
the key, what came and what was expected.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bench.core.errors import BenchError
from bench.core.select import unknown

T = TypeVar("T")
Keys = tuple[str | int, ...]
"""The way to a value: ("roots", "casme2"), ("scores", 0, 2)."""

LONGEST_TEXT = 1_000_000
"""Bytes of a settings file; no person writes more."""

SHOWN = 40
"""Characters of a wrong value that a message repeats."""


class DamagedError(BenchError):
    """A file does not hold what it should.

    Attributes:
        fault: what is wrong, without the name of the file.
        cure: how to restore the file; empty where the message says it or there is nothing to do.
    """

    def __init__(self, origin: Path | str, fault: str, cure: str = "") -> None:
        super().__init__(f"{origin}: {fault}" + (f"; {cure}" if cure else ""))
        self.fault = fault
        self.cure = cure


class NewerError(BenchError):
    """A file has a format that only a later version can read."""


def read_json(path: Path) -> Any:
    """What a JSON file holds.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it is not JSON.
        BenchError: it cannot be opened.
    """
    return read_json_text(path)[0]


def read_json_text(path: Path) -> tuple[Any, bytes]:
    """What a JSON file holds, and its bytes; raises like `read_json`."""
    try:
        data = path.read_bytes()
        return decoded(data), data
    except FileNotFoundError:
        raise
    except IsADirectoryError as error:
        raise DamagedError(path, "a folder, expected a file") from error
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror}") from error
    # Deeply nested brackets exhaust the reader's stack.
    except (ValueError, RecursionError) as error:
        raise DamagedError(path, f"not JSON ({error})") from error


def decoded(data: bytes) -> Any:
    """What a JSON text holds; raises ValueError or RecursionError where it is none."""
    import msgspec

    try:
        # Five times as fast. What it takes, json takes for the same; the rest is json's to judge.
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        # As bytes: json then detects the encoding and ignores the locale's.
        return json.loads(data)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds.

    Raises:
        FileNotFoundError: there is no such file.
        BenchError: it is not TOML, or cannot be opened.
    """
    try:
        text = _settings_text(path)
        return tomllib.loads(text)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror}") from error
    # Deeply nested brackets exhaust the reader's stack.
    except (ValueError, RecursionError) as error:
        raise BenchError(f"{path}: not TOML ({error})") from error


def _settings_text(path: Path) -> str:
    """The text of a file that people write; a device must not fill the memory, a pipe not wait."""
    # Python's tables of flags lack it on Windows, which has no pipes among its files.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 (a path would lose the flags)
        # From here on wait for what writes to the pipe, as of `--config <(...)`.
        os.set_blocking(file.fileno(), True)
        data = file.read(LONGEST_TEXT + 1)
    if len(data) > LONGEST_TEXT:
        raise BenchError(f"{path}: more than {LONGEST_TEXT:,} bytes, expected a settings file")
    return data.decode("utf-8")


def check_format(raw: Any, path: Path, newest: int, default: int | None = None) -> int:
    """The format number that a file states.

    Args:
        raw: content of the file.
        path: named in errors.
        newest: latest format that can be read.
        default: of files without a number; None where every file has one.

    Raises:
        NewerError: the file is of a later format.
        DamagedError: the number is missing or none.
    """
    stated = raw.get("format", default) if isinstance(raw, Mapping) else default
    # isinstance would let `true` pass for 1.
    if type(stated) is not int or stated < 1:
        came = "missing" if stated is None else _shown(stated)
        raise DamagedError(path, f"format: {came}, expected a number from 1 to {newest}")
    if stated > newest:
        raise NewerError(
            f"{path} has format {stated}, and this version of bench reads formats up to {newest}: "
            "upgrade bench, or use another folder (--results)"
        )
    return stated


def typed(raw: Any, kind: type[T], origin: Path | str) -> T:
    """Plain data as a dataclass or TypedDict; keys that it does not know are left out.

    Args:
        raw: dictionaries, lists, strings and numbers, as JSON and TOML hold them.
        kind: what is expected.
        origin: named in errors.

    Raises:
        DamagedError: a key is missing, or a value has another type.
    """
    # Imported here: most commands read no file, and listings must start at once.
    import msgspec

    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise DamagedError(origin, _explained(raw, kind, str(error))) from error
    # msgspec holds text as UTF-8, which has no halves of a character.
    except UnicodeEncodeError as error:
        raise DamagedError(origin, f"a text that is no Unicode ({error.reason})") from error


def refuse_unknown(raw: Any, kind: type[Any], origin: Path | str) -> None:
    """Raise `DamagedError` with the nearest names for a key that a dataclass has no field for."""
    known = [field.name for field in dataclasses.fields(kind)]
    for word in raw if isinstance(raw, Mapping) else ():
        if word not in known:
            raise DamagedError(origin, str(unknown("key", word, known)))


NOUNS = {
    "object": "a table of keys and values",
    "array": "a list",
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}


def _explained(raw: Any, kind: type[Any], message: str) -> str:
    """The message of msgspec with the key in full, the value that came, and plain words."""
    # Taken from the text: msgspec's errors have no other attribute that says what and where.
    what, _, at = message.partition(" - at `")
    keys = _keys(raw, kind, at)
    where = ".".join(map(str, keys)) or "the file"
    if missing := re.match(r"Object missing required field `(\w+)`", what):
        return f"{'.'.join(map(str, (*keys, missing[1])))}: missing"
    value = raw
    for key in keys:
        value = value[key]
    if wrong := re.match(r"Expected `([^`]+)`(.*?),? got ", what):
        kinds = [NOUNS.get(one, one) for one in wrong[1].split(" | ") if one != "null"]
        expected = " or ".join(kinds) + wrong[2]
        return f"{where}: {_shown(value)}, expected {expected}"
    return f"{where}: {_shown(value)}: {what}"


def _keys(raw: Any, kind: type[Any], at: str) -> Keys:
    """The way to what is wrong; msgspec spells it `$.roots[...]`, without the key in a table."""
    path = at.partition("in `")[2] or at
    keys: Keys = ()
    for name, index, any_key in re.findall(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])", path):
        keys = (*keys, _culprit(raw, kind, keys) if any_key else name or int(index))
    return keys


def _culprit(raw: Any, kind: type[Any], keys: Keys) -> str:
    """Of a table with a wrong value its key: the one that is wrong when it is alone."""
    import msgspec

    table = raw
    for key in keys:
        table = table[key]
    for name, value in table.items():
        try:
            msgspec.convert(_with(raw, keys, {name: value}), kind)
        except msgspec.ValidationError:
            return str(name)
    raise AssertionError("a table is wrong and none of its entries")  # pragma: no cover


def _with(raw: Any, keys: Sequence[str | int], value: Any) -> Any:
    """A copy of nested data with another value in one place."""
    if not keys:
        return value
    inner = _with(raw[keys[0]], keys[1:], value)
    if isinstance(raw, Mapping):
        return {**raw, keys[0]: inner}
    return [inner if i == keys[0] else old for i, old in enumerate(raw)]


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
