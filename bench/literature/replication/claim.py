"""What a claim is: numbers that somebody printed, and the public files they can be had from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.core.errors import BenchError


@dataclass(frozen=True)
class Source:
    """A public repository with an artefact.

    Attributes:
        repository: owner and name on GitHub.
        commit: at which the claim was verified, in full.
        files: that are read.
    """

    repository: str
    commit: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """One number of a claim.

    Numbers are text, because their digits say how exact they are: "0.7250" is not "0.725".

    Attributes:
        name: of the quantity, as `recompute` calls it.
        printed: as printed; empty for a fact that is nowhere printed but explains the others.
        expected: what recomputing gives, where that is not what is printed.
        why: the two differ, or what the fact means.

    Raises:
        BenchError: neither is a number, or a difference is not explained.
    """

    name: str
    printed: str = ""
    expected: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        for text in filter(None, (self.printed, self.expected)):
            if not re.fullmatch(r"-?\d+(\.\d+)?", text):
                raise BenchError(f"{self.name}: {text!r} is no number such as 0.7353 or 442")
        if not self.target:
            raise BenchError(f"{self.name}: neither printed nor expected is given")
        if not self.why and self.target != self.printed:
            raise BenchError(f"{self.name}: say why it is not {self.printed or 'printed'}")

    @property
    def target(self) -> str:
        """What recomputing must give."""
        return self.expected or self.printed


@dataclass(frozen=True)
class Claim:
    """Numbers that can be recomputed without licensed data.

    Attributes:
        title: what it is about, in a few words.
        where: it is printed; empty if it is not.
        how: it is recomputed, in a sentence.
        sources: the clones needed, in the order in which `recompute` takes their folders.
        recompute: from the clones' folders to every quantity by name; runs none of their code.
        numbers: in the order shown.
    """

    title: str
    where: str
    how: str
    sources: tuple[Source, ...]
    recompute: Callable[..., Mapping[str, float]]
    numbers: tuple[Number, ...]


def decimals(text: str) -> int:
    """How many digits a number has behind the point."""
    return len(text.partition(".")[2])


def agrees(value: float, text: str) -> bool:
    """Whether a value, rounded to the digits of a printed number, is that number."""
    return f"{value:.{decimals(text)}f}" == text
