"""How closely a method follows its source: three judgements, each with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, cast, get_args

from bench.core.errors import BenchError
from bench.core.words import Fidelity as Word

FRAMES = "frames"
"""What a dataset ships from which every method computes all that it needs."""
OURS = "our choice"
"""Where a configuration field's value comes from, when no source gives it."""
NOTED = "notes on the paper, section not known; its text was not found again"
"""Where a value comes from that the paper states, as far as we know."""
MEGC2019 = "See et al. 2019 (LBP-TOP of MEGC 2019), section not known"
"""Where the settings of the handcrafted patterns come from."""


@dataclass(frozen=True)
class Judgement:
    """How one part of a method relates to its source.

    Attributes:
        word: "exact" was compared with public code on the same input, "stated" follows a text that
            leaves nothing to guess, "reconstructed" fills gaps with our own reading, "original" is
            published nowhere else.
        evidence: the comparison, the place in the text, or what is our reading.
    """

    word: Word
    evidence: str


@dataclass(frozen=True)
class Fidelity:
    """How closely a method follows its source, part by part.

    Attributes:
        network: the network, or the feature and classifier of a handcrafted method.
        preprocessing: what it is fed.
        recipe: how it is trained.
        shipped: judgements of the preprocessing, by view, for datasets that ship the view.
    """

    network: Judgement
    preprocessing: Judgement
    recipe: Judgement
    # No part of the hash: facts are kept in sets, and a mapping has none.
    shipped: Mapping[str, Judgement] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, word: str) -> Self:
        """One word for all parts, without evidence; "code" and "paper" were words for "stated".

        Raises:
            BenchError: another word. "exact" is none: it needs evidence.
        """
        known = {"code": "stated", "paper": "stated"}
        found = known.get(word, word)
        if found not in ("stated", "reconstructed", "original"):
            raise BenchError(
                f"fidelity is {word!r}; expected stated, reconstructed or original, or "
                'Fidelity(network=exact("..."), preprocessing=stated("..."), recipe=stated("..."))'
            )
        part = Judgement(cast(Word, found), "as its author says")
        return cls(part, part, part)

    def given(self, ships: Collection[str]) -> Self:
        """The judgements for a dataset that ships these views and not the frames they are of.

        Where the method has none of its own for them, they stand in the place of its preprocessing.
        """
        if views := [view for view in self.shipped if view in ships]:
            return replace(self, preprocessing=self.shipped[views[0]])
        if not ships or FRAMES in ships or self.preprocessing.word == "original":
            return self
        shown = ", ".join(sorted(ships)).replace("_", " ")
        found = reconstructed(f"{shown} as the dataset ships it, in place of the method's own")
        return replace(self, preprocessing=found)

    @property
    def weakest(self) -> Word:
        """The judgement that a board shows."""
        words = get_args(Word)
        return max((part.word for _, part in self.parts), key=words.index)

    @property
    def parts(self) -> tuple[tuple[str, Judgement], ...]:
        """The judgements by the name of the part."""
        return (
            ("network or feature", self.network),
            ("preprocessing", self.preprocessing),
            ("recipe", self.recipe),
        )

    @property
    def gaps(self) -> str:
        """Where our own reading fills gaps of the source, and how; empty where none has any."""
        return "; ".join(
            f"{name}: {part.evidence}" for name, part in self.parts if part.word == "reconstructed"
        )


def exact(evidence: str) -> Judgement:
    """Compared numerically with code that nobody here wrote."""
    return Judgement("exact", evidence)


def stated(evidence: str) -> Judgement:
    """As a text states it."""
    return Judgement("stated", evidence)


def reconstructed(evidence: str) -> Judgement:
    """Gaps of the source are filled by our own reading."""
    return Judgement("reconstructed", evidence)


_OWN = Judgement("original", "published nowhere else")
ORIGINAL = Fidelity(_OWN, _OWN, _OWN)
"""Of a method of your own."""
