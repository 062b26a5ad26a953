"""`bench publish`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import name_damaged, out, workspace
from bench.cli.options import Force, Plugin, output_option
from bench.core.errors import BenchError


def publish(
    results: Annotated[
        Path | None,
        typer.Argument(help="Folder of results, or of a board.", show_default="results"),
    ] = None,
    output: Annotated[
        Path, output_option("Folder for the site; what an earlier site left is replaced.")
    ] = Path("site"),
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Write a leaderboard as a static site: pages that need no server."""
    # Imported late: templates and figures are of no use to what only asks for help.
    from bench.site.files import files
    from bench.site.source import read
    from bench.site.write import check_site, write_site

    check_site(output, force)
    registry, settings = workspace(plugin, results)
    content, damaged = read(settings.results, registry)
    name_damaged(damaged, "left out")
    if not content.sections:
        raise BenchError(f"no results in {settings.results}; run `bench run` first")
    made = files(content)
    write_site(made, output, force)
    count = sum(name.endswith(".html") for name in made)
    size = sum(map(len, made.values())) / 1e6
    out().say(f"Site: {output / 'index.html'} ({count} pages, {size:.1f} MB)")
