"""All verbs with their one-line help, so that `bench -h` imports none of them.

The verb `run` is the function `run` in `bench/cli/run.py`, and `data make` is `make` in
`bench/cli/data/make.py`. A name that Python has taken ends in an underscore there: `list_`.
"""

from __future__ import annotations

import builtins
import inspect
import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from bench.cli.exits import INTERRUPTED, leave
from bench.core.contain import Interrupt


@dataclass(frozen=True)
class Group:
    """A verb that has verbs of its own."""

    help: str
    verbs: Mapping[str, str]


VERBS: Mapping[str, str | Group] = {
    "run": "Run methods on datasets; rerun the command to resume.",
    "fit": "Train a method once, on all subjects of a task, and save the model.",
    "predict": "Predict clips with a saved model: a video, frames, a table, or a dataset.",
    "plan": "Show what a run would do, what is done, and how long the rest may take.",
    "status": "Show how far the runs on a results folder are, from any machine that sees it.",
    "board": "Print the leaderboard of a results folder, or write it to files.",
    "publish": "Write a leaderboard as a static site: pages that need no server.",
    "compare": "Test whether methods differ: paired by subject, on each task.",
    "explain": "Report on one method and task in figures: errors, training, what the model uses.",
    "list": "List methods, datasets, metrics of plugins, or the views that methods use.",
    "info": "Show everything known about a method or a dataset.",
    "check": "Check methods against the plugin contract.",
    "fidelity": "Compare methods with their authors' public code, on the same input.",
    "replicate": "Recompute published numbers from published logs, weights and features.",
    "new": Group(
        "Start a plugin from a template.",
        {
            "method": "Write a method plugin that runs as it is, and its test.",
            "dataset": "Declare a dataset of your own, without code, from a table of its clips.",
        },
    ),
    "data": Group(
        "Make, check and show datasets.",
        {
            "get": "Show public datasets and the command that clones each; --clone runs it.",
            "make": "Make SYNTHETIC stand-ins of SMIC, CASME II and SAMM in their own layouts.",
            "check": "Check a dataset: what is missing, repaired or refused, and how to fix it.",
            "show": "Draw a clip for a paper: onset, apex, their difference, optical flow, strain.",
            "crop": "Crop and align faces (one similarity transform per clip).",
            "landmarks": "Detect facial landmarks and write them next to the frames.",
            "cache": "List what the cache holds, or clear one category of it.",
        },
    ),
    "results": Group(
        "List, explain and exchange results.",
        {
            "list": "List the contents of a results folder, one row per cell.",
            "explain": "Explain whether a record is fresh, stale, foreign or damaged.",
            "verify": "Check every file of a results folder against its seal and its schema.",
            "import": "Import another machine's results, a submission, or other predictions.",
            "export": "Write the predictions of a cell, or imported ones, for other tools.",
        },
    ),
    "literature": Group(
        "Check published results.",
        {"check": "Find scores that no confusion matrix of the dataset can have."},
    ),
    "trust": "Show the plugins that a bench.toml runs, and agree to run them.",
    "doctor": "Check packages, threads, caches, disk and datasets; exit 1 if runs would fail.",
    "repro": "Rerun a cell, or one fold of it, and compare it prediction by prediction.",
    "submit": "Pack all predictions of cells for a public leaderboard.",
    "verify": "Check a submission: files, counts, scores, code; rerun random folds.",
}


class Verb(TyperCommand):
    """A verb whose file is imported when it is called or completed, not when it is listed."""

    def __init__(self, path: tuple[str, ...], help: str) -> None:  # noqa: A002 (typer's word)
        super().__init__(path[-1], help=help)
        self.path = path

    def load(self) -> TyperCommand:
        """The command with its arguments and options."""
        return _command(self.path)

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Parse the command line of the verb."""
        return self.load().make_context(*args, **extra)


class VerbGroup(TyperGroup):
    """Verbs; without one it prints its help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what stands before the verb."""
        # Shell completion parses without a verb, and must not print the help.
        return super().parse_args(ctx, args if args or ctx.resilient_parsing else ["--help"])


@cache
def _command(path: tuple[str, ...]) -> TyperCommand:
    """What typer makes of the function of a verb."""
    *groups, word = map(_identifier, path)
    verb: Any = getattr(import_module(".".join(["bench.cli", *groups, word])), word)
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    paragraphs = (inspect.getdoc(verb) or "").split("\n\n")
    # typer keeps the line breaks of a docstring, which are not those of the terminal.
    app.command(path[-1], help="\n\n".join(" ".join(p.split()) for p in paragraphs))(verb)
    return cast(TyperCommand, typer.main.get_command(app))


def _identifier(word: str) -> str:
    """A verb's name in Python."""
    return f"{word}_" if keyword.iskeyword(word) or hasattr(builtins, word) else word


def _show_version(asked: bool) -> None:
    if asked:
        from bench import __version__

        print(__version__)
        raise typer.Exit


app = typer.Typer(
    cls=VerbGroup,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def bench(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Micro-expression recognition: every method, every dataset, one honest leaderboard."""


@cache
def commands() -> TyperGroup:
    """The whole command line."""
    root = cast(TyperGroup, typer.main.get_command(app))
    for name, verb in VERBS.items():
        if isinstance(verb, str):
            root.add_command(Verb((name,), verb))
            continue
        group = VerbGroup(name=name, help=verb.help)
        for word, text in verb.verbs.items():
            group.add_command(Verb((name, word), text))
        root.add_command(group)
    return root


def run() -> None:
    """Parse the command line and call its verb; bad options are one line and exit code 2."""
    try:
        # In standalone mode it would print errors in a format of its own and exit.
        code = commands().main(prog_name="bench", standalone_mode=False)
    except typer.TyperException as error:
        leave(*_said(error))
    # typer makes this of a KeyboardInterrupt and says nothing.
    if code == INTERRUPTED:
        raise Interrupt
    raise SystemExit(code)


def _said(error: typer.TyperException) -> tuple[str, str]:
    """What is wrong, and with which verb; of a value from --config also its file."""
    message = " ".join(error.format_message().replace("Value error, ", "").split())
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is None:
        return message, "bench"
    if parameter is not None and parameter.name in (context.default_map or ()):
        source = context.get_parameter_source(parameter.name)
        if source.name == "DEFAULT_MAP":
            message = f"{context.params['config']}: {message}"
    return message, context.command_path
