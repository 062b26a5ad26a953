"""`bench fidelity`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid
from rich.text import Text

from bench.cli.common import out, print_json, workspace
from bench.cli.complete import complete_methods
from bench.cli.exits import FAILED
from bench.cli.options import Json, Plugin
from bench.core.errors import BenchError
from bench.plugins.configure import configure


def fidelity(
    method: Annotated[
        str, typer.Argument(metavar="METHOD", help="A method.", autocompletion=complete_methods)
    ],
    code: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A clone of its authors' repository. Its code is run."),
    ] = None,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Compare a method with its authors' public code, on the same input.

    Without --code it says which repository and commit to get. Exits with 1 when something differs.
    """
    from bench.check.authors import authors_of, commit_of, compared

    rows = configure(workspace(tuple(plugin or ()))[0], method, "paper")
    authors = authors_of(type(rows[0].method))
    if authors is None:
        raise BenchError(f"{method}: no public code is known to compare with")
    if code is None:
        print(f"git clone https://github.com/{authors.repository} CODE")
        print(f"git -C CODE checkout {authors.commit}")
        print(f"bench fidelity {method} --code CODE")
        return
    found = compared(authors, code)
    commit = commit_of(code)
    if json:
        facts = [dataclasses.asdict(one) for one in found]
        print_json({"repository": authors.repository, "commit": commit, "compared": facts})
    else:
        grid = Grid("part", "what", "", "ours against theirs")
        for one in found:
            grid.add_row(one.part, one.what, "equal" if one.agrees else "differs", Text(one.detail))
        console = out()
        console.print(f"{method} and {authors.repository} at {commit[:7]}")
        console.print(grid)
    if not all(one.agrees for one in found):
        raise SystemExit(FAILED)
