"""The verdicts on the published table, computed once and shipped with it.

Judging all of it takes half a minute, so `verdicts.json` keeps the outcome with a hash of what it
was made from. `python -m bench.literature.judged` writes it again after an edit.
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

JUDGES = ("published.csv", "table.py", "parts.py", "verdict.py")
"""Files that decide on verdicts, besides the folder `feasibility`."""

Judged = tuple[tuple[Published, ...], Verdict]


@cache
def judged() -> tuple[Judged, ...]:
    """Every result of the table with its verdict; computed where the shipped ones are outdated."""
    kept = json.loads(_file("verdicts.json").read_bytes())
    groups = results(literature())
    if kept["made_from"] != made_from():
        return tuple(zip(groups, verdicts(literature()), strict=True))
    found = msgspec.convert(kept["verdicts"], list[Verdict])
    return tuple(zip(groups, found, strict=True))


def computed() -> dict[str, Any]:
    """What `verdicts.json` holds, computed from the table."""
    return {"made_from": made_from(), "verdicts": [asdict(one) for one in verdicts(literature())]}


def made_from() -> str:
    """SHA-256 of the table and of the code that judges it, whatever their line ends."""
    folder = _file("")
    judges = [folder / name for name in JUDGES] + sorted((folder / "feasibility").glob("*.py"))
    texts = (path.read_text(encoding="utf-8") for path in judges)
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _file(name: str) -> Path:
    return Path(str(files("bench.literature") / name))


if __name__ == "__main__":
    _file("verdicts.json").write_text(json.dumps(computed(), indent=1) + "\n", encoding="utf-8")
