"""`bench publish`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import name_damaged, out, workspace
from bench.cli.options import Force, Plugin, output_option
from bench.core.errors import BenchError
from bench.store.store import Store


def publish(
    results: Annotated[
        Path | None, typer.Argument(help="Results folder.", show_default="results")
    ] = None,
    output: Annotated[
        Path, output_option("Folder for the site; what an earlier site left is replaced.")
    ] = Path("site"),
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Write a leaderboard as a static site: pages that need no server."""
    # Imported late: templates and figures are of no use to what only asks for help.
    from bench.site.content import gather
    from bench.site.downloads import downloads
    from bench.site.pages import pages
    from bench.site.write import check_site, write_site

    check_site(output, force)
    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    contents = store.contents()
    name_damaged(contents.damaged, "left out")
    content = gather(store, registry, contents.records)
    if not content.sections:
        raise BenchError(f"no results in {settings.results}; run `bench run` first")
    files = dict(pages(content)) | downloads(content)
    write_site(files, output, force)
    count = sum(name.endswith(".html") for name in files)
    size = sum(map(len, files.values())) / 1e6
    out().say(f"Site: {output / 'index.html'} ({count} pages, {size:.1f} MB)")
