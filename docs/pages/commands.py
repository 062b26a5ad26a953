"""Pages on the command line, written from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.core import TyperCommand, TyperGroup

from bench.cli.verbs import Verb, commands
from docs.pages.markdown import table


def command_pages() -> dict[str, str]:
    """A page per command, with usage, arguments and options; subcommands share their group's."""
    found, listed = {}, []
    for name, command in sorted(commands().commands.items()):
        parts = list(_command(f"bench {name}", command, "#"))
        found[name] = "\n\n".join(parts) + "\n"
        listed.append((f"[`bench {name}`]({name}.md)", parts[1].partition("\n\n")[0]))
    index = ("# Command line", "`bench COMMAND -h` prints the same.", table(("", ""), listed))
    return {"index": "\n\n".join(index) + "\n", **found}


def _command(words: str, command: Any, level: str) -> Iterator[str]:
    yield f"{level} `{words}`"
    if isinstance(command, TyperGroup):
        yield str(command.help)
        for name, child in command.commands.items():
            yield from _command(f"{words} {name}", child, level + "#")
    else:
        # A verb knows its options only once its file is imported.
        yield from _usage(words, command.load() if isinstance(command, Verb) else command)


def _usage(words: str, command: TyperCommand) -> Iterator[str]:
    parameters: list[Any] = list(command.params)
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    given = [_word(p) if p.required else f"[{_word(p)}]" for p in arguments]
    yield str(command.help)
    yield f"```\n{' '.join([words, *given, '[OPTIONS]'])}\n```"
    rows = [(_names(p), _meaning(p), _default(p)) for p in parameters if p.name != "help"]
    if rows:
        yield table(("", "meaning", "default"), rows)


def _word(argument: Any) -> str:
    return argument.metavar or str(argument.name).upper()


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_word(parameter)}`"
    return ", ".join(f"`{name}`" for name in parameter.opts)


def _meaning(parameter: Any) -> str:
    choices = parameter.type_descriptor.choices or ()
    words = f" One of {', '.join(f'`{word}`' for word in choices)}." if choices else ""
    return (parameter.help or "") + words


def _default(parameter: Any) -> str:
    return "" if parameter.default in (None, "", False) else f"`{parameter.default}`"
