"""The sites of published boards, as `bench publish` makes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bench.board.board import Board
from bench.board.plain import FORMAT
from bench.board.read import read_board
from bench.plugins.registry import load
from bench.site.content import Content
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
            content = _as_published(read(path.parent, registry)[0], read_board(path))
            home = f"boards/{path.parent.name}/site"
            found |= {f"{home}/{name}": data for name, data in files(content).items()}
    return found


def _as_published(content: Content, board: Board) -> Content:
    """The site's content with the tables of the published board.

    Computed again, the numbers are equal, but whoever builds the documentation has not run the
    records, and may have other code: notes and provenance would say so instead.
    """
    tables = {(table.fingerprint, table.protocol): table for table in board.tables}
    sections = tuple(
        replace(one, table=tables[one.table.fingerprint, one.table.protocol])
        for one in content.sections
    )
    return replace(content, board=board, sections=sections)
