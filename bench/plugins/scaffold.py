"""New plugins from templates: the files in `templates/`, with names filled in."""

from __future__ import annotations

import datetime
import keyword
from importlib.resources import files
from importlib.util import find_spec
from string import Template
from typing import Literal, get_args

from bench.core.errors import BenchError

Kind = Literal["features", "torch"]
"""Templates of methods: features with scikit-learn, or a network with PyTorch."""


def scaffold(name: str, kind: Kind = "features") -> dict[str, str]:
    """The text of a new method plugin and of its test, by file name.

    Args:
        name: of the method, one lower-case word; words may be joined by underscores.
        kind: the template.

    Raises:
        BenchError: a name that Python or the command line cannot use.
    """
    if kind not in get_args(Kind):
        raise BenchError(f"unknown kind {kind!r}; expected {' or '.join(get_args(Kind))}")
    check_name(name)
    title = "".join(word.capitalize() for word in name.split("_"))
    return {
        f"{prefix}{name}.py": _template(file).substitute(name=name, title=title, year=_year())
        for prefix, file in (("", kind), ("test_", "test"))
    }


def loader(name: str) -> str:
    """The text of a dataset plugin of frames, for what a table cannot say."""
    check_name(name)
    title = "".join(word.capitalize() for word in name.split("_"))
    return _template("dataset").substitute(name=name, title=title, year=_year())


def _year() -> int:
    return datetime.datetime.now(datetime.UTC).year


def check_name(name: str) -> None:
    """Refuse a name that is no lower-case word, or that would hide an installed module."""
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise BenchError(f"{name!r} cannot name a plugin; use one lower-case word: mymethod")
    if not name[0].isalpha() or not name.isascii():
        raise BenchError(f"{name!r} cannot name a plugin; start with a letter a-z: mymethod")
    if find_spec(name) is not None:
        raise BenchError(
            f"{name!r} is already a Python module, which {name}.py would hide; choose another name"
        )


def _template(name: str) -> Template:
    # Template rather than str.format: Python code is full of braces.
    return Template((files("bench.plugins") / "templates" / f"{name}.py.txt").read_text())
