"""Templates: what is foreign is escaped, and hidden characters are shown."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench.board.html import words
from bench.board.text import number, signed
from bench.core.escape import visible

OPTIONAL = re.compile(r"</(?:td|th|tr|dt|dd)>")
"""End tags that HTML lets a page leave out: a tenth of a page of tables."""

NEGATIVE = re.compile(r"(?<![^ \[(])-(?=\.\d)")
"""The hyphen before a negative score or difference, as in "UF1 -.012 [-.300, +.021]"."""
WITHIN = re.compile(r"(?<=\d)(,?) (?=%|[-+−]?\.?\d+\])")
"""The blanks of a per cent and of an interval, where no line may break."""


def render(template: str, root: str, **values: Any) -> bytes:
    """A page.

    Args:
        template: its file, without the ending.
        root: the path from its folder to the start page's: "" or "../".
        values: what it shows.
    """
    text = _environment().get_template(f"{template}.html").render(root=root, **values)
    return OPTIONAL.sub("", text).encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("bench.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    made.filters |= {
        "number": number,
        "signed": signed,
        "numbers": _numbers,
        "shown": visible,
        "code": _code,
    }
    made.tests["address"] = _is_address
    return made


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _is_address(text: str) -> bool:
    """An address that a link may lead to; a script is none."""
    return text.startswith(("https://", "http://")) and not set(text) & set("\"'<> \\")


def _numbers(text: str) -> str:
    """Negative numbers with a minus sign, which is as wide as a plus; each interval on one line."""
    return WITHIN.sub("\\1\u00a0", NEGATIVE.sub("−", text))


def _code(text: str) -> Markup:
    return Markup(words(text, ours=True))
