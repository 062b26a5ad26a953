"""The sites of published boards, as `bench publish` makes them."""

from __future__ import annotations

import json
from pathlib import Path

from bench.board.plain import FORMAT
from bench.plugins.registry import load
from bench.site.files import files
from bench.site.source import read


def sites(boards: Path) -> dict[str, bytes]:
    """Every file of every site, by its path in the documentation.

    Boards that an earlier version of bench made have none: they say less than a site shows.

    Args:
        boards: folder of published boards (`*/leaderboard.json`).
    """
    registry = load()
    found: dict[str, bytes] = {}
    for path in sorted(boards.glob("*/leaderboard.json")):
        if json.loads(path.read_bytes()).get("format") == FORMAT:
            content, _ = read(path.parent, registry)
            home = f"boards/{path.parent.name}/site"
            found |= {f"{home}/{name}": data for name, data in files(content).items()}
    return found
