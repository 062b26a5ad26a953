"""Where the content of a site comes from: a results folder, or a board that others computed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.board.read import read_board
from bench.plugins.registry import Registry
from bench.site.content import Content, Section, gather
from bench.store import archive
from bench.store.store import Store


def read(folder: Path, registry: Registry) -> tuple[Content, list[str]]:
    """What a site of a folder shows, and a line for each damaged file that is left out.

    Args:
        folder: of results; or of a board (or its archive of predictions, or leaderboard.json),
            which is computed again from the predictions beside it. Without them its numbers are
            shown, and what needs predictions is not.
        registry: for the facts of methods and datasets.
    """
    packed = archive.located(folder)
    if packed is not None:
        with TemporaryDirectory() as unpacked:
            archive.unpack(packed, Path(unpacked))
            content, damaged = _computed(Store(Path(unpacked)), registry)
            # A temporary folder is gone when its name is read.
            lines = [line.replace(unpacked, str(packed)) for line in damaged]
        return replace(content, results=folder), lines
    file = folder / "leaderboard.json" if folder.is_dir() else folder
    if (folder / "tasks").is_dir() or not file.is_file():
        return _computed(Store(folder), registry)
    board = read_board(file)
    return Content(board, tuple(map(Section, board.tables)), registry, folder), []


def _computed(store: Store, registry: Registry) -> tuple[Content, list[str]]:
    contents = store.contents()
    return gather(store, registry, contents.records), contents.damaged
