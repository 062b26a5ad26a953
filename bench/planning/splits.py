"""How clips are split into training and held-out ones; knows only arrays.

`loso` holds out one subject at a time; `kfold:K` one of K groups of subjects; `hde` one database
(the holdout-database evaluation of MEGC 2018). None of them has a subject on both sides. `lovo`
holds out one clip (leave-one-video-out), so that training and test share people: a diagnostic of
how much of a score is the person. `casme2→samm` trains on one database and tests on another; clips
of others take no part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.core.errors import BenchError
from bench.core.names import Protocol
from bench.core.types import Array


class ImpossibleSplitError(BenchError):
    """The clips of a task cannot be split as a known protocol asks."""


@dataclass(frozen=True)
class Fold:
    """One split.

    Attributes:
        name: the held-out subject, group, database or clip.
        train: indices of training clips.
        test: indices of held-out clips.
    """

    name: str
    train: Array
    test: Array


def folds(protocol: str, people: Array, databases: Array, clips: Array) -> list[Fold]:
    """Split clips.

    Args:
        protocol: "loso", "kfold:5", "hde", "lovo" or "casme2→samm".
        people: (n,) subject of each clip, unique over databases.
        databases: (n,) database of each clip.
        clips: (n,) id of each clip.

    Returns:
        folds sorted by name; those that would leave nothing to train on are left out.

    Raises:
        BenchError: an unknown protocol.
        ImpossibleSplitError: the clips have too few subjects or databases for it.
    """
    held = held_out(protocol, people, databases, clips)
    chosen = Protocol.parse(protocol)
    if chosen.kind == "cross":
        train = np.flatnonzero(np.isin(databases, chosen.train))
        return [Fold(chosen.test, train, np.flatnonzero(held == chosen.test))]
    names = np.unique(held)
    if len(names) < 2:
        return []
    # As scikit-learn's LeaveOneGroupOut, whose import alone takes a second.
    each = ((str(name), held == name) for name in names)
    return [Fold(name, np.flatnonzero(~out), np.flatnonzero(out)) for name, out in each]


def fold_count(protocol: str, people: Array, databases: Array, clips: Array) -> int:
    """How many folds `folds` returns, without making them; arguments and errors as there."""
    held = held_out(protocol, people, databases, clips)
    if Protocol.parse(protocol).kind == "cross":
        return 1
    count = len(np.unique(held))
    return count if count > 1 else 0


def held_out(protocol: str, people: Array, databases: Array, clips: Array) -> Array:
    """The name of the fold that holds out each clip (n,), "" for clips that none holds out.

    Arguments and errors as of `folds`.
    """
    chosen = Protocol.parse(protocol)
    match chosen.kind:
        case "loso":
            return people
        case "kfold":
            return _groups(people, chosen.k)
        case "hde":
            if len(np.unique(databases)) < 2:
                raise ImpossibleSplitError("hde holds out one database, but this task has only one")
            return databases
        case "lovo":
            return clips
        case "cross":
            if lacking := sorted({*chosen.train, chosen.test} - set(databases.tolist())):
                raise ImpossibleSplitError(
                    f"{protocol} needs clips of {' and '.join(lacking)}; this task has those of "
                    f"{', '.join(np.unique(databases))}"
                )
            return np.where(databases == chosen.test, chosen.test, "")


def _groups(people: Array, k: int) -> Array:
    """Deal subjects to K groups, the one with most clips first, each to the smallest group so far.

    As scikit-learn's GroupKFold does, which is not used because before 1.9 it sorts subjects by
    numpy's default sort: the order of subjects with equally many clips, and so the groups, then
    depend on the processor (other orders with AVX-512, with AVX2 and without). Here ties go by
    name, so that every machine makes the same folds.
    """
    names, sizes = np.unique(people, return_counts=True)
    if k > len(names):
        raise ImpossibleSplitError(f"kfold:{k} needs {k} subjects, but this task has {len(names)}")
    load = np.zeros(k, int)
    group = {}
    for i in np.lexsort((names, -sizes)):
        # Padded, because folds are sorted as text: "010" comes after "009", "10" would not.
        group[names[i]] = f"{int(load.argmin()) + 1:03d}"
        load[load.argmin()] += sizes[i]
    return np.array([group[name] for name in people])
