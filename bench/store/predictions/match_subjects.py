"""Matching confusion matrices of subjects with the subjects of a task.

No clip is named, so what identifies a subject is its number and how many clips of each class it
has: both must agree with the task.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.core.names import Person
from bench.store.predictions.content import Matrices, shortened
from bench.store.predictions.match import Faults, MismatchError, plain_subject


@dataclass(frozen=True)
class MatchedSubjects:
    """Confusion matrices under the task's names of the subjects.

    Attributes:
        counts: (c, c) of each subject, rows the true class.
        faults: what was left out; empty where every subject of the task has its matrix.
    """

    counts: dict[str, NDArray[np.int64]]
    faults: Faults


def match_subjects(
    matrices: Matrices,
    clips: Sequence[str],
    people: Sequence[str],
    truth: NDArray[np.int64],
    partial: bool = False,
) -> MatchedSubjects:
    """Bring matrices to the task's subjects.

    "sub01", "s1" and "001" are subject 1. In a composite several databases have a subject 1; then
    all subjects that are spelt alike ("sub01", "sub02") are of the database with whose class counts
    most of them agree.

    Args:
        matrices: as read.
        clips: ids of the task's clips (n,).
        people: their subjects (n,), "casme2/01".
        truth: their labels (n,).
        partial: leave out subjects that the task does not have, or has with other clips.

    Raises:
        MismatchError: subjects are missing, unknown, repeated, or have other clips in the task.
    """
    names, person = np.unique(np.array(people), return_inverse=True)
    expected = np.zeros((len(names), matrices.counts.shape[1]), np.int64)
    np.add.at(expected, (person, truth), 1)
    of_person = dict(zip(names.tolist(), expected, strict=True))
    stated = dict(zip(matrices.subjects, matrices.counts.sum(2), strict=True))
    meant = _meant(stated, of_person)
    times = Counter(name for name in meant.values() if name)
    counts, unknown, others = {}, list[str](), list[str]()
    for (subject, name), matrix in zip(meant.items(), matrices.counts, strict=True):
        if name is None:
            could = len(_candidates(subject, of_person))
            unknown.append(f"{shortened(subject)} ({could or 'no'} such subjects)")
        elif (matrix.sum(1) != of_person[name]).any():
            others.append(
                f"{name} ({matrix.sum(1).tolist()}, in the task {of_person[name].tolist()})"
            )
        else:
            counts[name] = matrix
    left_out = {
        "missing": [c for c, who in zip(clips, people, strict=True) if who not in counts],
        "subjects not in the task": unknown,
        "subjects with other numbers of clips per class in the task": others,
    }
    wrong = {"subjects given more than once": [n for n, count in times.items() if count > 1]}
    if any(wrong.values()) or not counts or (any(left_out.values()) and not partial):
        raise MismatchError(left_out | wrong, f"{len(names)} subjects with {len(clips)} clips")
    return MatchedSubjects(counts, left_out)


Counts = dict[str, NDArray[np.int64]]
"""Clips of each class, by subject."""


def _meant(stated: Counts, task: Counts) -> dict[str, str | None]:
    """The task's name of each subject as stated; None where there is none, or more than one."""
    meant: dict[str, str | None] = {}
    undecided: dict[str, list[str]] = defaultdict(list)
    for subject in stated:
        could = _candidates(subject, task)
        exact = [one for one in could if subject in (one, Person.parse(one).subject)]
        if len(exact or could) == 1:
            meant[subject] = (exact or could)[0]
        elif could:
            undecided[re.sub(r"\d.*", "", subject.lower())].append(subject)
    for alike in undecided.values():
        meant |= _of_one_database(alike, stated, task)
    # In the order of the file.
    return {subject: meant.get(subject) for subject in stated}


def _of_one_database(subjects: Sequence[str], stated: Counts, task: Counts) -> dict[str, str]:
    """Subjects that are spelt alike, in the database that agrees with most of them; or nothing."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    agree: Counter[str] = Counter()
    for subject in subjects:
        for one in _candidates(subject, task):
            database = Person.parse(one).database
            found[database][subject] = one
            agree[database] += bool((stated[subject] == task[one]).all())
    (first, most), *others = agree.most_common(2)
    return {} if others and others[0][1] == most else found[first]


def _candidates(subject: str, task: Counts) -> list[str]:
    """The task's subjects that a stated one can be: "sub01" is any database's subject 1."""
    database, _, name = subject.rpartition("/")
    plain = plain_subject(name)
    return [
        one
        for one in task
        if plain_subject(Person.parse(one).subject) == plain
        and database.lower() in ("", Person.parse(one).database.lower())
    ]
