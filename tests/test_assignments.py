"""Fields set on the command line: typed by the dataclass, validated, part of a row's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from bench import Method, Model
from bench.core.errors import BenchError
from bench.plugins.configure import configure
from bench.plugins.registry import Registry
from tests.toy import FACTS


@dataclass(frozen=True)
class Many(Method):
    """A field of every kind."""

    name = "many"
    needs = frozenset({"frames"})
    facts = FACTS
    variants = {"big": {"count": 100}}
    presets = {"quick": {"count": 2, "rate": 0.5}}

    count: int = 1
    rate: float = 0.1
    on: bool = False
    mode: Literal["add", "join"] = "add"
    word: str = ""
    grid: tuple[int, int] = (1, 1)
    widths: tuple[int, ...] = (1,)
    penalty: float | Literal["inner"] = 1.0
    most: int | None = None
    table: tuple[tuple[str, int], ...] = ()

    def fit(self, train, context):
        return Model()


REGISTRY = Registry({"many": Many}, {}, {}, {})


def row(words: str, preset: str = "paper"):
    (found,) = configure(REGISTRY, f"many:{words}", preset)
    return found


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("count=3", "count", 3),
        ("count=-3", "count", -3),
        ("rate=1e-3", "rate", 0.001),
        ("rate=3", "rate", 3.0),
        ("on=true", "on", True),
        ("mode=join", "mode", "join"),
        ("word=a+b=c", "word", "a+b=c"),
        ("grid=170x140", "grid", (170, 140)),
        ("widths=8x16x32", "widths", (8, 16, 32)),
        ("penalty=inner", "penalty", "inner"),
        ("penalty=3", "penalty", 3.0),
        ("most=none", "most", None),
        ("most=7", "most", 7),
    ],
)
def test_a_value_has_the_type_of_its_field(words, field, value):
    found = row(words).config[field]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("count=3.5", "whole number"),
        ("count=", "whole number"),
        ("count=1_000", "whole number"),
        ("rate=nan", "a number"),
        ("rate=1e999", "a number"),
        ("on=1", "true or false"),
        ("mode=ad", "add or join"),
        ("grid=2", "2 numbers with an x between, such as 2x2"),
        ("grid=2x3.5", "2 numbers with an x"),
        ("penalty=many", "inner or a number"),
        ("table=x", "cannot be set"),
        ("cuont=3", "did you mean count"),
        ("count=3+count=4", "set twice"),
        ("bgi+count=3", "did you mean big"),
        ("weights=x", "unknown field"),
    ],
)
def test_a_wrong_word_is_one_line_that_says_what_is_expected(words, said):
    with pytest.raises(BenchError, match=said) as raised:
        row(words)
    assert "\n" not in str(raised.value)


def test_one_configuration_has_one_name():
    same = [
        row(words) for words in ("rate=.001+count=3", "count=3+rate=1e-3", "count=03+rate=0.001")
    ]
    assert {one.label for one in same} == {"many:count=3+rate=0.001"}
    assert row("big+rate=1e-3").label == "many:big+rate=0.001"


def test_an_assignment_outweighs_variant_and_preset():
    assert row("big+count=7").config["count"] == 7
    assert row("count=7", "quick").config == {**row("count=7").config, "rate": 0.5}


def test_what_is_set_is_no_longer_what_was_judged():
    assert Many.fidelity_of("paper", "") == "stated"
    assert Many.fidelity_of("paper", "count=3") == "changed"
