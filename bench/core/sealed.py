"""Sealed files: JSON objects that carry the hash of their own content.

    {"kind": "record", "format": 3, "label": "mean", ..., "seal": "sha256 of all the rest"}

A file that was changed after it was written, by a fault of the disk or by hand, no longer matches
its seal. Anybody can compute a seal, so it protects against damage and not against a forger. A file
may also be signed: the `signature` is of its digest, the hash of its content, and is part of what
is sealed.
The seal is the same in every format, so that a later format and a damaged one can be told apart.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.core.errors import BenchError
from bench.core.typed import DamagedError, check_format, decoded, read_json, read_json_text

ENVELOPE = ("kind", "format", "seal", "signature")
"""Keys that are not content."""


# Made once: `json.dumps` would make it anew for every file.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_plain = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Kind:
    """One kind of sealed file.

    Attributes:
        name: the word in the file: "record".
        format: the format that is written, and the latest that can be read.
        unsealed: the last format without a seal; 0 where every format has one.
        default: the format of files that state none; None where every file states one.
    """

    name: str
    format: int
    unsealed: int = 0
    default: int | None = None


@dataclass(frozen=True)
class Sealed:
    """What a sealed file holds.

    Attributes:
        content: without the keys of `ENVELOPE`.
        format: that it was written in.
        digest: hash of its content; empty for a file of a format without a seal, which nothing
            vouches for.
        signature: of the digest, by whoever wrote the file; empty where nobody signed it.
    """

    content: dict[str, Any]
    format: int
    digest: str
    signature: str = ""


def seal(kind: Kind, content: Mapping[str, Any], sign: Callable[[str], str] | None = None) -> bytes:
    """The file that holds the content; the same content gives the same bytes.

    Args:
        kind: of the file.
        content: what JSON can hold.
        sign: makes a signature of a digest; "" for none.
    """
    inner = {name: value for name, value in content.items() if name not in ENVELOPE}
    # Through JSON, as a reader receives it: tuples become lists there. A traceback may name a file
    # in bytes that are no UTF-8; a reader would refuse them.
    text = _plain({"kind": kind.name, "format": kind.format, **inner})
    body = decoded(text.encode("utf-8", "replace"))
    written = _canonical(body)
    mark = hashlib.sha256(written.encode()).hexdigest()
    signature = (sign(mark) if sign else "") or None
    rest = {} if signature is None else {"signature": signature}
    end = _canonical({**rest, "seal": seal_of(mark, signature)})
    # Last, so that a reader finds what the seal is of without writing it anew; see `_mark_of`.
    return f"{written[:-1]},{end[1:]}".encode()


def unseal(path: Path, kind: Kind) -> Sealed:
    """Read a file of any format up to the kind's latest; reading never writes.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it is no such file, or not as it was written.
        NewerError: a later version wrote it.
    """
    # Opening a pipe would wait for a writer for ever.
    if not stat.S_ISREG(mode := _mode(path)) and not stat.S_ISDIR(mode):
        raise DamagedError(path, "a pipe or a device, expected a file")
    raw, data = read_json_text(path)
    if not isinstance(raw, dict):
        raise DamagedError(path, f"a {type(raw).__name__}, expected a table of keys and values")
    # Before the format, in which a flipped bit must not pass for a later version's.
    mark, signature = "", raw.get("signature")
    if "seal" in raw:
        mark, _ = _mark_of(data)
        if not mark and raw["seal"] != seal_of(mark := digest(raw), signature):
            raise DamagedError(path, "its content does not match its seal: damaged, or changed")
        if raw.get("kind") != kind.name:
            raise DamagedError(path, f"kind: {raw.get('kind')!r}, expected {kind.name!r}")
    stated = check_format(raw, path, kind.format, None if "seal" in raw else kind.default)
    if "seal" not in raw and stated > kind.unsealed:
        raise DamagedError(path, f"seal: missing, and files of format {stated} have one")
    for name in ENVELOPE:
        raw.pop(name, None)
    return Sealed(raw, stated, mark, signature if mark and isinstance(signature, str) else "")


def as_written(path: Path) -> tuple[bytes, str, str] | None:
    """The text of a file that is as `seal` wrote it, its digest and its signature.

    Returns:
        None for any other, which `unseal` judges and explains.
    """
    try:
        about = os.stat(path)  # noqa: PTH116 (records are many, and methods of a path slower)
        # Opening a pipe would wait for a writer for ever.
        if not stat.S_ISREG(about.st_mode):
            return None
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            data = os.read(handle, about.st_size)
        finally:
            os.close(handle)
    except OSError:
        return None
    mark, signature = _mark_of(data)
    return (data, mark, signature or "") if mark else None


END = re.compile(rb',"seal":"([0-9a-f]{64})"(?:,"signature":"([0-9a-f]*)")?}\Z')
"""Of a sealed file as `seal` writes it."""
LONGEST_END = 300


def _mark_of(data: bytes) -> tuple[str, str | None]:
    """Digest and signature of a file whose text is what its seal is of; empty for any other.

    Three times as fast as writing the content anew to see whether it has that seal.
    """
    end = END.search(data, max(0, len(data) - LONGEST_END))
    if end is None:
        return "", None
    mark = hashlib.sha256(data[: end.start()] + b"}").hexdigest()
    signature = None if end[2] is None else end[2].decode()
    return (mark, signature) if seal_of(mark, signature) == end[1].decode() else ("", None)


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        raise
    except NotADirectoryError as error:
        raise FileNotFoundError(f"no {path}: a folder above it is a file") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise DamagedError(path, "a link to itself, expected a file") from error
        raise BenchError(f"{path} cannot be read: {error.strerror}") from error


def is_sealed(path: Path) -> bool:
    """Whether a sound file is of a format with a seal."""
    return "seal" in read_json(path)


def digest(raw: Mapping[str, Any]) -> str:
    """sha256 of the canonical JSON of a file without its seal and signature."""
    content = {name: value for name, value in raw.items() if name not in ("seal", "signature")}
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def seal_of(digest: str, signature: Any = None) -> str:
    """The seal of a file: its digest, or a hash of digest and signature where it has one."""
    if signature is None:
        return digest
    # As JSON: a stranger's signature may be anything. Ours are hexadecimal, which needs no escapes.
    plain = isinstance(signature, str) and signature.isalnum() and signature.isascii()
    text = f'["{digest}", "{signature}"]' if plain else json.dumps([digest, signature])
    return hashlib.sha256(text.encode()).hexdigest()
