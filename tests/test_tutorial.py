"""The plugins that the tutorial teaches work as they are printed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from bench.cli.verbs import commands

TEXT = (Path(__file__).parents[1] / "docs" / "tutorial.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
FILES = {
    code.partition("\n")[0].removeprefix("# "): code
    for language, code in BLOCKS
    if language == "python"
}
PLUGINS = ["flowforest.py", "nearest.py", "search.py", "flownet"]


def test_every_python_block_is_a_file_of_a_plugin():
    assert {name.split("/")[0] for name in FILES} == set(PLUGINS)


@pytest.mark.parametrize("plugin", PLUGINS)
@pytest.mark.filterwarnings("ignore:.*n_components:UserWarning")
@pytest.mark.filterwarnings("ignore:.*fits failed")
def test_a_plugin_of_the_tutorial_passes_every_check(world, plugin):
    for name, code in FILES.items():
        if name.split("/")[0] == plugin:
            (world.folder / name).parent.mkdir(exist_ok=True)
            (world.folder / name).write_text(code)
    done = world.bench("check", plugin, "--json")
    rows = json.loads(done.out)
    assert [r for r in rows if r["status"] not in ("passed", "noted")] == []
    assert done.code == 0


def _lines() -> list[str]:
    lines = (line for language, code in BLOCKS if not language for line in code.splitlines())
    words = (part.strip() for line in lines for part in line.partition("#")[0].split("&&"))
    return [word for word in words if word.startswith("bench ")]


@pytest.mark.parametrize("line", _lines())
def test_the_command_line_knows_the_commands_of_the_tutorial(line):
    _, *words = shlex.split(line)
    command = commands()
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for one in command.load().params for option in one.opts}
    assert {word for word in words if word.startswith("-")} <= known


def test_what_the_tutorial_names_is_there():
    from bench import Context
    from bench.views.catalog import CATALOG

    for name in re.findall(r"`context\.(\w+)", TEXT):
        assert hasattr(Context, name) or name in Context.__dataclass_fields__, name
    for name in re.findall(r"frozenset\(\{\"(\w+)\"", TEXT):
        assert name in CATALOG
