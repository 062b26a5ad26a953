"""Pages on the command line, written from the parser itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from bench.cli.app import app
from docs.pages.markdown import table


def command_pages() -> dict[str, str]:
    """A page per command, with usage, arguments and options; subcommands share their group's."""
    root = typer.main.get_command(app)
    found = {name: _page(f"bench {name}", command) for name, command in _children(root)}
    listed = [(f"[`bench {n}`]({n}.md)", _summary(command)) for n, command in _children(root)]
    index = ("# Command line", "`bench COMMAND -h` prints the same.", table(("", ""), listed))
    return {"index": "\n\n".join(index) + "\n", **found}


def _page(words: str, command: Any) -> str:
    parts = _command(words, command, "#")
    for name, child in _children(command):
        parts += _command(f"{words} {name}", child, "##")
    return "\n\n".join(parts) + "\n"


def _children(group: Any) -> Iterator[tuple[str, Any]]:
    """The visible subcommands of a command group; none of a plain command."""
    if hasattr(group, "list_commands"):
        context = group.context_class(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command is not None and not command.hidden:
                yield name, command


def _summary(command: Any) -> str:
    return inspect.cleandoc(command.help or "").partition("\n\n")[0].replace("\n", " ")


def _command(words: str, command: Any, level: str) -> list[str]:
    about = inspect.cleandoc(command.help or "")
    title = f"{level} `{words}`"
    if hasattr(command, "list_commands"):
        return [title, about]
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    rows = [(_names(p), p.help or "", _default(p)) for p in shown]
    arguments = [_argument(p) for p in shown if p.param_type_name == "argument"]
    usage = f"```\n{' '.join([words, *arguments, '[OPTIONS]'])}\n```"
    return [title, about, usage, *([table(("", "meaning", "default"), rows)] if rows else [])]


def _argument(parameter: Any) -> str:
    word = parameter.name.upper()
    return word if parameter.required else f"[{word}]"


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`"
    return ", ".join(f"`{name}`" for name in parameter.opts)


def _default(parameter: Any) -> str:
    value = getattr(parameter.default, "value", parameter.default)
    # Of an option without a default, and of a flag, there is nothing to say.
    return "" if value in (None, "", False, 0) or callable(value) else f"`{value}`"
