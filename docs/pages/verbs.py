"""Pages on the command line, written from the verbs themselves."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from bench.cli.verbs import Verb, commands


def verb_pages() -> dict[str, str]:
    """A page per verb: usage, what it does, arguments and options."""
    found = {}
    for name, command in commands().commands.items():
        if isinstance(command, Verb):
            found[name] = _command(f"bench {name}", command.load(), 1)
        elif isinstance(command, TyperGroup):
            found[name] = [f"# `bench {name}`", str(command.help)]
            for word, verb in command.commands.items():
                assert isinstance(verb, Verb)
                found[name] += _command(f"bench {name} {word}", verb.load(), 2)
    return {name: "\n\n".join(parts) + "\n" for name, parts in sorted(found.items())}


def _command(words: str, command: TyperCommand, depth: int) -> list[str]:
    parameters: list[Any] = list(command.params)
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    usage = [word if p.required else f"[{word}]" for p in arguments for word in [_word(p)]]
    rows = [f"| {_names(p)} | {_meaning(p)} | {_default(p)} |" for p in parameters]
    title = f"{'#' * depth} `{words}`"
    head = ["| | meaning | default |", "|---|---|---|"]
    text = f"```\n{' '.join([words, *usage, '[OPTIONS]'])}\n```"
    return [title, str(command.help), text, *(["\n".join(head + rows)] if rows else [])]


def _word(argument: Any) -> str:
    return argument.metavar or str(argument.name).upper()


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_word(parameter)}`"
    return ", ".join(f"`{name}`" for name in parameter.opts)


def _meaning(parameter: Any) -> str:
    choices = parameter.type_descriptor.choices or ()
    words = f" One of {', '.join(f'`{word}`' for word in choices)}." if choices else ""
    return (parameter.help or "").replace("|", "\\|") + words


def _default(parameter: Any) -> str:
    return "" if parameter.default in (None, "", False) else str(parameter.default)
