"""Recomputing a claim from clones, and holding the result against what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.core.clones import clone_of, commit_of
from bench.core.contain import contained
from bench.core.errors import BenchError, in_a_line
from bench.literature.replication.claim import Claim, Number, agrees, decimals


@dataclass(frozen=True)
class Finding:
    """One number, recomputed.

    Attributes:
        name: of the quantity.
        printed: as printed; empty where nothing is.
        recomputed: with the digits of what is printed or expected.
        value: in full.
        equal: whether it is what is printed; None where nothing is.
        verified: whether it is what the claim expects.
        why: printed and recomputed differ.
    """

    name: str
    printed: str
    recomputed: str
    value: float
    equal: bool | None
    verified: bool
    why: str


@dataclass(frozen=True)
class Replication:
    """A claim, recomputed.

    Attributes:
        commits: of the clones, by repository; "unknown" for a folder without git's.
        findings: in the order of the claim.
    """

    commits: dict[str, str]
    findings: tuple[Finding, ...]

    @property
    def verified(self) -> bool:
        """Whether every number is what the claim expects."""
        return all(one.verified for one in self.findings)


def clones_for(claim: Claim, code: Path) -> list[Path]:
    """The clones that a claim needs, in the order of its sources.

    Args:
        claim: what is to be recomputed.
        code: a clone, or a folder of clones.

    Raises:
        BenchError: a clone is missing, or a file of it.
    """
    return [clone_of(source, code) for source in claim.sources]


def recomputed(claim: Claim, clones: Sequence[Path]) -> Replication:
    """Recompute a claim.

    Raises:
        BenchError: a file is not what it was, or `recompute` leaves out a quantity.
    """
    try:
        with contained():
            values = claim.recompute(*clones)
    except BenchError:
        raise
    # What a file that has changed makes of a plugin's code is up to both.
    except Exception as error:
        raise BenchError(
            f"{claim.title}: cannot be recomputed from {', '.join(map(str, clones))} "
            f"({in_a_line(error)}); damaged, or another commit?"
        ) from error
    if missing := [one.name for one in claim.numbers if one.name not in values]:
        raise BenchError(f"{claim.title}: no {missing[0]!r} among {', '.join(values)}")
    return Replication(
        {
            source.repository: commit_of(clone)
            for source, clone in zip(claim.sources, clones, strict=True)
        },
        tuple(_finding(one, float(values[one.name])) for one in claim.numbers),
    )


def _finding(number: Number, value: float) -> Finding:
    return Finding(
        name=number.name,
        printed=number.printed,
        recomputed=f"{value:.{decimals(number.target)}f}",
        value=value,
        equal=agrees(value, number.printed) if number.printed else None,
        verified=agrees(value, number.target),
        why=number.why,
    )
