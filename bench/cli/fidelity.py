"""`bench fidelity`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.complete import complete_methods
from bench.cli.exits import FAILED
from bench.cli.options import Json, Plugin
from bench.core.clones import clone_of, how_to_clone
from bench.core.errors import BenchError
from bench.core.escape import markdown as markdown_cell
from bench.core.names import Label
from bench.plugins.configure import configure
from bench.plugins.method import Facts

if TYPE_CHECKING:
    from bench.check.authors import Authors, Compared

HEADS = (
    *("method", "public code", "network or feature", "preprocessing"),
    *("recipe: equal", "recipe: differs"),
)
"""Of the markdown table."""


def fidelity(
    methods: Annotated[
        str,
        typer.Argument(
            metavar="METHOD",
            help="Method names, globs, or all that have public code.",
            autocompletion=complete_methods,
        ),
    ],
    code: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A clone of the authors' repository, or a folder of such clones. Its code is run.",
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a markdown table.")] = False,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Compare methods with their authors' public code, on the same input.

    Without --code it says which repositories and commits to get. Clones that are missing, or that
    need a program or package that is, are named and left out. Exits with 1 when a network,
    feature or preprocessing differs; settings of a recipe may differ and are listed.
    """
    known = _known(methods, tuple(plugin or ()))
    if code is None:
        for name, adapters in known.items():
            for one in adapters:
                print(*(f"{name}: {line}" for line in how_to_clone(one)), sep="\n")
        print("then: bench fidelity METHOD --code FOLDER-OF-CLONES")
        return
    found = _compared(known, code)
    if json:
        print_json({n: [dataclasses.asdict(one) for one in every] for n, every in found.items()})
    elif markdown:
        print("\n".join(_rows(found)))
    else:
        for name, every in found.items():
            _print(name, every)
    if not all(one.same for every in found.values() for one in every):
        raise SystemExit(FAILED)


def _known(words: str, plugins: tuple[Path, ...]) -> Mapping[str, tuple[Authors, ...]]:
    """Adapters by method; those without one that were named are left out.

    Raises:
        BenchError: none has an adapter; says what is known of the first one's code.
    """
    from bench.check.authors import authors_of

    rows = configure(workspace(plugins)[0], words, "paper")
    every = {Label.parse(row.label).method: type(row.method) for row in rows}
    known = {name: one for name, kind in every.items() if (one := authors_of(kind))}
    lacking = [f"{name}: {_uncompared(every[name].facts)}" for name in sorted({*every} - {*known})]
    if not known:
        raise BenchError("; ".join(lacking))
    if words != "all":
        _leave_out(lacking)
    return known


def _uncompared(facts: Facts) -> str:
    """Why nothing is compared with: there is no public code, or it is not run here."""
    if urlsplit(facts.url).netloc != "github.com" or facts.fidelity.weakest == "original":
        return "no public code is known to compare with"
    return f"its public code, {facts.url}, is not run here: {facts.fidelity.network.evidence}"


def _compared(
    known: Mapping[str, tuple[Authors, ...]], code: Path
) -> Mapping[str, tuple[Compared, ...]]:
    """Every comparison that can be made, by method; the others are named.

    Raises:
        BenchError: none can be made.
    """
    from bench.check.authors import compared

    found: dict[str, tuple[Compared, ...]] = {}
    missing: list[str] = []
    for name, every in known.items():
        for one in every:
            try:
                found[name] = (*found.get(name, ()), compared(one, clone_of(one, code)))
            except BenchError as error:
                missing.append(f"{name}: {error}")
    if not found and len(missing) == 1:
        raise BenchError(missing[0])
    _leave_out(missing)
    if not found:
        raise BenchError(f"nothing could be compared, for the {len(missing)} reasons above")
    return found


def _leave_out(lines: Iterable[str]) -> None:
    for line in lines:
        err().say(f"left out {line}")


def _print(name: str, every: Iterable[Compared]) -> None:
    """A table for each repository of a method."""
    console = out()
    for found in every:
        grid = Grid("part", "what", "", "difference, or ours and theirs")
        for one in found.comparisons:
            grid.add_row(one.part, one.what, "equal" if one.agrees else "differs", one.detail)
        console.print(f"{name} and {found.repository} at {found.commit[:7]}")
        console.print(grid)


def _rows(found: Mapping[str, tuple[Compared, ...]]) -> Iterator[str]:
    """A markdown table, a method a row."""
    yield "| " + " | ".join(HEADS) + " |"
    yield "|" + "---|" * len(HEADS)
    for name, every in found.items():
        comparisons = [c for one in every for c in one.comparisons]
        cells = [name, "; ".join(f"{one.repository} at {one.commit[:7]}" for one in every)]
        for parts in (("network", "feature"), ("preprocessing",)):
            some = [c for c in comparisons if c.part in parts]
            cells.append("; ".join(f"{c.what}: {c.detail}" for c in some) or "not compared")
        recipe = [c for c in comparisons if c.part == "recipe"]
        cells.append(", ".join(c.what for c in recipe if c.agrees) or "not compared")
        cells.append("; ".join(f"{c.what}: {c.detail}" for c in recipe if not c.agrees))
        yield "| " + " | ".join(map(markdown_cell, cells)) + " |"
