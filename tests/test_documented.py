"""What docstrings say of a plugin and its fields."""

from __future__ import annotations

from dataclasses import dataclass

from bench.plugins.docstrings import about, meanings


@dataclass(frozen=True)
class Base:
    """What is shared.

    Attributes:
        size: side in pixels,
            a multiple of 16.
        rate: of learning: a step.
        low, high: ends of the range, both
            included.

    Afterwards: no field.
    """

    size: int = 16
    rate: float = 0.1
    low: int = 0
    high: int = 9


@dataclass(frozen=True)
class Plugin(Base):
    """A plugin.

    Attributes:
        rate: another step.
        name: no field of the dataclass.
    """

    bare: int = 0


def test_fields_mean_what_the_class_says_and_else_what_it_extends_says() -> None:
    assert meanings(Plugin) == {
        "size": "side in pixels, a multiple of 16.",
        "rate": "another step.",
        "low": "ends of the range, both included.",
        "high": "ends of the range, both included.",
    }
    assert meanings(Base)["rate"] == "of learning: a step."


def test_a_plugin_in_a_few_words() -> None:
    assert about(Plugin) == "A plugin."
