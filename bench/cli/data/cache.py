"""`bench data cache`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.table import Table as Grid

from bench.cache.eviction import categories
from bench.cache.eviction import clear as clear_category
from bench.cli.common import out, print_json, workspace
from bench.cli.options import Json


def cache(
    clear: Annotated[
        str, typer.Option("--clear", help="Clear this category; runs fill it again.")
    ] = "",
    json: Json = False,
) -> None:
    """List what the cache holds, or clear one category of it."""
    _, settings = workspace()
    if clear:
        gone = clear_category(settings.cache, clear)
        out().print(f"Cleared {clear}: {gone.entries} entries, {decimal(gone.size)}")
        return
    held = categories(settings.cache)
    if json:
        print_json([asdict(one) for one in held])
        return
    grid = Grid("category", "entries", "size", title=str(settings.cache.folder))
    for one in held:
        grid.add_row(one.name, str(one.entries), decimal(one.size))
    out().print(grid)
