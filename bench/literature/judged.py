"""The verdicts on the published table, computed once and shipped with it.

Judging all of it takes half a minute, so `verdicts.json` keeps the outcome with the hash of the
table that was judged. `python -m bench.literature.judged` writes it again after an edit.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from bench.literature.table import Published, literature, results
from bench.literature.verdict import Verdict, verdicts

Judged = tuple[tuple[Published, ...], Verdict]


@cache
def judged() -> tuple[Judged, ...]:
    """Every result of the table with its verdict; computed where the table was edited since."""
    kept = json.loads(_file("verdicts.json").read_bytes())
    groups = results(literature())
    if kept["table"] != _table():
        return tuple(zip(groups, verdicts(literature()), strict=True))
    found = msgspec.convert(kept["verdicts"], list[Verdict])
    return tuple(zip(groups, found, strict=True))


def computed() -> dict[str, Any]:
    """What `verdicts.json` holds, computed from the table."""
    return {"table": _table(), "verdicts": [asdict(one) for one in verdicts(literature())]}


def _table() -> str:
    return hashlib.sha256(_file("published.csv").read_bytes()).hexdigest()


def _file(name: str) -> Path:
    return Path(str(files("bench.literature") / name))


if __name__ == "__main__":
    _file("verdicts.json").write_text(json.dumps(computed(), indent=1) + "\n", encoding="utf-8")
