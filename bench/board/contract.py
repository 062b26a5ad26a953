"""The text of a task's contract: which clips it has, of which it should have."""

from __future__ import annotations

from bench.data.contract import Contract

COUNTED = ("repaired", "problems", "dropped", "missing", "unreadable", "excluded")
"""Fields that name clips; of these, boards and plans give the number."""


def clips_text(contract: Contract) -> str:
    """Clips and how many there should be, in a few words: "20 of 246", "51" where unknown."""
    here, papers = contract.clips, sum(contract.expected)
    if not papers:
        return contract.subset or str(here)
    if here > papers:
        return f"{here}, published {papers}"
    if here == papers and contract.found != contract.expected:
        return f"{here}, other classes"
    return f"{here} of {papers}"


def contract_text(contract: Contract) -> str:
    """One line for a plan and a run."""
    return "; ".join(_parts(contract))


def beyond_count(contract: Contract) -> str:
    """The same for a caption, which has the number of clips already; may be empty."""
    n = contract.clips
    known = {f"{n} clips": "", f"{n} of {n} clips, as published": "as published"}
    return "; ".join(filter(None, (known.get(part, part) for part in _parts(contract))))


def _parts(contract: Contract) -> list[str]:
    count, comma, against = clips_text(contract).partition(", ")
    parts = [f"{count} clips{comma}{against}"]
    if contract.expected and contract.as_published:
        parts[0] += ", as published"
    for word, n in counts(contract).items():
        if n:
            parts.append(f"{n} {word.removesuffix('s') if n == 1 else word}")
    if contract.unmapped:
        words = ", ".join(f"{word} {n}" for word, n in contract.unmapped.items())
        parts.append(f"in no class: {words}")
    return parts


def counts(contract: Contract) -> dict[str, int]:
    """How many clips were repaired, dropped, and left out for which reason; how many problems."""
    return {name: len(getattr(contract, name)) for name in COUNTED}


def apart_text(contract: Contract) -> str:
    """Why a table stands apart from the literature; empty where it may stand beside it."""
    if contract.as_published:
        return ""
    if contract.left_out:
        reason = f"it is without {len(contract.left_out)} of its {contract.whole} clips"
    elif contract.found == contract.expected:
        reason = f"{len(contract.unlisted)} clips are not those of the published list"
    else:
        found, papers = map(_counts, (contract.found, contract.expected))
        reason = f"its clips per class are {found}, those of the papers {papers}"
    return f"No published results are shown: {reason}."


def _counts(numbers: tuple[int, ...]) -> str:
    return " / ".join(map(str, numbers))
