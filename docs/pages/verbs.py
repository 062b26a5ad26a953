"""Pages on the command line, written from the functions that `bench.cli.app` registers."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

import typer

from bench.cli.app import app


def verb_pages() -> dict[str, str]:
    """A page per verb: usage, what it does, arguments and options."""
    found = {name: _command(f"bench {name}", call, 1) for name, call in _commands(app)}
    for group in app.registered_groups:
        inner, name = group.typer_instance, str(group.name)
        if inner is not None:
            found[name] = [f"# `bench {name}`", str(inner.info.help)]
            for word, call in _commands(inner):
                found[name] += _command(f"bench {name} {word}", call, 2)
    return {name: "\n\n".join(parts) + "\n" for name, parts in sorted(found.items())}


def _commands(verbs: typer.Typer) -> Iterator[tuple[str, Callable[..., Any]]]:
    for command in verbs.registered_commands:
        if command.callback is not None:
            yield command.name or command.callback.__name__, command.callback


def _command(words: str, call: Callable[..., Any], depth: int) -> list[str]:
    hints = typing.get_type_hints(call, include_extras=True)
    parameters = inspect.signature(call).parameters.values()
    rows, arguments = [], []
    for parameter in parameters:
        info = hints[parameter.name].__metadata__[0]
        default = (
            "" if parameter.default in (None, "", False, parameter.empty) else parameter.default
        )
        if isinstance(info, typer.models.ArgumentInfo):
            word = parameter.name.upper()
            arguments.append(word if parameter.default is parameter.empty else f"[{word}]")
            names = f"`{word}`"
        else:
            # With Annotated, typer keeps the first name where a default would be.
            names = ", ".join(f"`{name}`" for name in (info.default, *(info.param_decls or ())))
        meaning = (info.help or "").replace("|", "\\|")
        rows.append(f"| {names} | {meaning} | {default} |")
    usage = " ".join([words, *arguments, "[OPTIONS]"])
    title = f"{'#' * depth} `{words}`"
    about = inspect.getdoc(call) or ""
    head = ["| | meaning | default |", "|---|---|---|"]
    return [title, about, f"```\n{usage}\n```", *(["\n".join(head + rows)] if rows else [])]
