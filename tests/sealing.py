"""Changing sealed files in tests: with a new seal, as a forger would, or without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.core.sealed import digest, seal_of
from bench.store.provenance import sign


def edit(path: Path, change: Callable[[dict[str, Any]], Any], signed: bool = False) -> None:
    """Change a file and seal it again, so that only its content can be at fault.

    `signed` also signs it, as if a run of this user had written it so.
    """
    raw = json.loads(path.read_text())
    change(raw)
    write(path, raw, signed)


def write(path: Path, raw: dict[str, Any], signed: bool = False) -> None:
    """Write a file with a seal that matches; without one if its format has none."""
    raw = dict(raw)
    if raw.pop("seal", None) is not None:
        if signed:
            raw["signature"] = sign(digest(raw))
        raw["seal"] = seal_of(digest(raw), raw.get("signature"))
    path.write_text(json.dumps(raw))


def unsealed(raw: dict[str, Any], format: int | None) -> None:  # noqa: A002 (the key's name)
    """Turn the content of a file into that of an older format; None: of one without a number."""
    for name in ("seal", "signature", "kind", "format"):
        raw.pop(name, None)
    if format is not None:
        raw["format"] = format
