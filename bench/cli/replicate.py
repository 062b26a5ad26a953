"""`bench replicate`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.exits import FAILED
from bench.cli.options import Json, Plugin
from bench.core.clones import how_to_clone
from bench.core.errors import BenchError
from bench.core.escape import markdown as markdown_cell
from bench.core.select import choose
from bench.literature.replication import (
    Claim,
    Finding,
    Replication,
    clones_for,
    find_claims,
    recomputed,
)

HEADS = ("quantity", "printed", "recomputed", "", "why")
"""Of the table of a claim."""


def replicate(
    names: Annotated[
        str,
        typer.Argument(metavar="CLAIM", help="Names of claims, globs, or all; comma-separated."),
    ] = "all",
    code: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A clone of the repository, or a folder of clones. None of its code is run.",
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print markdown tables.")] = False,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Recompute published numbers from published logs, weights and features.

    Without --code it lists the claims, and which repositories and commits to get. Exits with 1
    when a recomputed number is not what its claim says it is.
    """
    claims = find_claims(workspace(tuple(plugin or ()))[0].files)
    chosen = {name: claims[name] for name in choose(names, claims, "claim")}
    if code is None:
        _list(chosen, json)
        return
    found = dict(_replicated(chosen, code))
    if json:
        print_json({name: _plain(chosen[name], one) for name, one in found.items()})
    elif markdown:
        for name, one in found.items():
            print("\n".join(_markdown(name, chosen[name], one)))
    else:
        for name, one in found.items():
            _print(name, chosen[name], one)
    if not all(one.verified for one in found.values()):
        raise SystemExit(FAILED)


def _replicated(claims: Mapping[str, Claim], code: Path) -> Iterator[tuple[str, Replication]]:
    """Claims whose clones are there; the others are named, and an error if they are all."""
    there: dict[str, list[Path]] = {}
    missing: dict[str, BenchError] = {}
    for name, claim in claims.items():
        try:
            there[name] = clones_for(claim, code)
        except BenchError as error:
            missing[name] = error
    if not there:
        raise next(iter(missing.values()))
    for name, reason in missing.items():
        err().say(f"left out {name}: {reason}")
    for name, clones in there.items():
        yield name, recomputed(claims[name], clones)


def _list(claims: Mapping[str, Claim], json: bool) -> None:
    """The claims, and the commands that get what they need."""
    if json:
        print_json({name: _plain(claim) for name, claim in claims.items()})
        return
    grid = Grid("claim", "what", "printed where", "public code")
    for name, one in claims.items():
        code = ", ".join(f"{s.repository} at {s.commit[:7]}" for s in one.sources)
        grid.add_row(name, one.title, one.where, code)
    out().print(grid)
    sources = [source for one in claims.values() for source in one.sources]
    # One repository may serve several claims, each with files of its own.
    print("\n".join(dict.fromkeys(line for one in sources for line in how_to_clone(one))))
    print("then: bench replicate CLAIM --code FOLDER-OF-CLONES")


def _about(claim: Claim, found: Replication) -> str:
    """A claim in two sentences."""
    where = f"in {claim.where}" if claim.where else "nowhere"
    commits = ", ".join(_commits(claim, found))
    return f"{claim.title}; printed {where}. Recomputed from {claim.how} ({commits})."


def _print(name: str, claim: Claim, found: Replication) -> None:
    grid = Grid(*HEADS)
    for one in found.findings:
        grid.add_row(*_cells(one))
    console = out()
    console.say(f"{name}: {_about(claim, found)}")
    console.print(grid)


def _cells(one: Finding) -> tuple[str, ...]:
    return (one.name, one.printed, one.recomputed, _word(one), one.why)


def _word(one: Finding) -> str:
    """Equal or not; or that it is no longer what the claim says."""
    if not one.verified:
        return "UNEXPECTED"
    return "" if one.equal is None else "equal" if one.equal else "differs"


def _commits(claim: Claim, found: Replication) -> Iterator[str]:
    for source in claim.sources:
        commit = found.commits[source.repository]
        other = "" if commit == source.commit else f", claimed at {source.commit[:7]}"
        yield f"{source.repository} at {commit[:7]}{other}"


def _plain(claim: Claim, found: Replication | None = None) -> dict[str, Any]:
    """A claim, and what recomputing it has given, as json has it."""
    about = {name: getattr(claim, name) for name in ("title", "where", "how")}
    about["sources"] = [dataclasses.asdict(source) for source in claim.sources]
    if found is None:
        return about | {"numbers": [dataclasses.asdict(number) for number in claim.numbers]}
    return about | dataclasses.asdict(found) | {"verified": found.verified}


def _markdown(name: str, claim: Claim, found: Replication) -> Iterator[str]:
    """A section with a table, a number a row."""
    yield from (f"### {markdown_cell(name)}", "", markdown_cell(_about(claim, found)), "")
    yield "| " + " | ".join(HEADS) + " |"
    yield "|" + "---|" * len(HEADS)
    for one in found.findings:
        yield "| " + " | ".join(map(markdown_cell, _cells(one))) + " |"
    yield ""
