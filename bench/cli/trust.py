"""`bench trust`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import out
from bench.core.errors import BenchError
from bench.plugins import trust as consents
from bench.plugins.settings import named_plugins, settings_path


def trust(
    config: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Settings file.", show_default="bench.toml"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Agree without asking.")] = False,
    show: Annotated[
        bool, typer.Option("--list", help="List what you agreed to, and what has changed since.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Withdraw consent.")] = False,
) -> None:
    """Show the plugins that a bench.toml runs, and agree to run them.

    They are Python code, which every command imports. Consent holds for this file and for the
    plugins as they are now; changed ones need it again. Other settings need none. BENCH_TRUST=1
    agrees to all plugins, for CI; --plugin is consent by itself.
    """
    if show:
        _list()
        return
    path = settings_path() if config is None else config
    if forget:
        if not consents.forget(path):
            raise BenchError(f"{path}: no consent to forget; `bench trust --list` lists all")
        out().say(f"Forgotten: {path.resolve()}")
        return
    plugins = named_plugins(path)
    if not plugins:
        raise BenchError(f"{path} names no plugins: there is nothing to agree to")
    wanted = consents.consent_to(path, plugins)
    out().say(f"{wanted.config} has plugins, which run with every command:")
    for file, digest in wanted.files.items():
        out().say(f"  {file}  {Path(file).stat().st_size} bytes  sha256 {digest}")
    if not yes:
        if not sys.stdin.isatty():
            raise BenchError("not trusted: no terminal to ask on; read the files and add --yes")
        if not typer.confirm("Have you read them, and may they run?"):
            raise BenchError("not trusted")
    consents.remember(wanted)
    out().say(f"Trusted; remembered in {consents.store()}")


def _list() -> None:
    for given in consents.given_consents().values():
        path = Path(given.config)
        try:
            changed = consents.differences(given, consents.consent_to(path, named_plugins(path)))
            state = f"changed since: {', '.join(changed)}" if changed else "unchanged"
        except BenchError as error:
            state = str(error)
        out().say(f"{path}: {len(given.files)} files, {state}")
