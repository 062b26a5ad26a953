"""Whose clip lies nearest in a method's features, kept below `derived/` of a results folder.

    derived/neighbours/<key>.json    one method in one configuration on one task

No result: it follows from features that the cache may have forgotten, so that a board can show it
without the dataset. `bench run` and `bench explain` write it; whoever removes it loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.cache.files import key, write_atomically
from bench.core.errors import BenchError
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import typed

NEIGHBOURS = Kind("neighbours", format=1)


@dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of the clips of a task in the features of a method.

    Attributes:
        features: identifies them: method, configuration and code.
        clips: number of them.
        same_person: share of clips whose nearest neighbour is of the same person.
    """

    features: str
    clips: int
    same_person: float


def setting(inputs: Mapping[str, Any]) -> str:
    """What a cell has in common with the same method on the same clips under another protocol."""
    return key({name: v for name, v in inputs.items() if name not in ("protocol", "seed")})


def write_neighbours(results: Path, inputs: Mapping[str, Any], found: Neighbours) -> None:
    """Keep what was found of the cell with these inputs, in place of what was there."""
    # It can be made again, so nothing waits for the disk.
    write_atomically(
        neighbours_path(results, inputs), seal(NEIGHBOURS, asdict(found)), durable=False
    )


def read_neighbours(results: Path, inputs: Mapping[str, Any]) -> Neighbours | None:
    """What is known of the cell with these inputs; None if nothing, or nothing that can be read."""
    path = neighbours_path(results, inputs)
    try:
        found = typed(unseal(path, NEIGHBOURS).content, Neighbours, path)
    except (FileNotFoundError, BenchError):
        return None
    return found if 0 <= found.same_person <= 1 else None


def neighbours_path(results: Path, inputs: Mapping[str, Any]) -> Path:
    """Where the neighbours of the cell with these inputs are kept."""
    return results / "derived" / "neighbours" / f"{setting(inputs)[:32]}.json"
