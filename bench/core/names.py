"""Names that users type and records hold, each parsed in one place.

Records, keys and file names hold the text; `str()` of a parsed name gives the same text back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Self, get_args

from bench.core.errors import BenchError

ProtocolKind = Literal["loso", "kfold", "hde", "lovo", "cross"]
SUBSET = re.compile(r" \((\d+ of \d+)\)\Z")
"""The end of the name of a task without all of its clips."""
ARROW = "→"
"""Between databases to train on and the one to test on; "->" is read as the same."""
PROTOCOLS = ("loso", "kfold:K", "hde", "lovo", "A->B")
"""The protocols as a user writes them."""


@dataclass(frozen=True, order=True)
class Label:
    """A method or one of its variants: "mfvan", "mfvan:delta".

    Attributes:
        method: the name of the plugin.
        variant: empty for the plain method.
    """

    method: str
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "method" or "method:variant"; everything after the first colon is the variant.

        Raises:
            BenchError: a part is empty.
        """
        return cls(*_halves("method", text, ":", "NAME or NAME:VARIANT, such as mfvan:delta"))

    def __str__(self) -> str:
        return f"{self.method}:{self.variant}" if self.variant else self.method


@dataclass(frozen=True, order=True)
class RowSelector:
    """One row of a board as `compare` takes it: "mfvan", "mfvan@quick", "mfvan@1f3a".

    Attributes:
        label: the method or variant, as text.
        choice: a preset, or the first characters of a family; empty for any.
    """

    label: str
    choice: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "label" or "label@choice".

        Raises:
            BenchError: a part is empty.
        """
        return cls(*_halves("method", text, "@", "LABEL, LABEL@PRESET or LABEL@FAMILY"))

    def __str__(self) -> str:
        return f"{self.label}@{self.choice}" if self.choice else self.label


@dataclass(frozen=True, order=True)
class TaskName:
    """A dataset with one of its labellings: "casme2/5", "casme2/5@2014 (245 of 246)".

    Attributes:
        dataset: the name of the plugin.
        labelling: the word in its `labellings`.
        revision: of the annotation table, where several are known.
        subset: "245 of 246" where clips were left out.
    """

    dataset: str
    labelling: str
    revision: str = ""
    subset: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "dataset/labelling", "dataset/labelling@revision (part of whole)".

        Raises:
            BenchError: not two parts, or an empty revision.
        """
        part = SUBSET.search(text)
        whole, mark, revision = (text[: part.start()] if part else text).partition("@")
        dataset, slash, labelling = whole.partition("/")
        # A mark with nothing behind it is a slip, not the plain name.
        cut = mark and not revision
        if not (dataset and slash and labelling) or "/" in labelling or cut:
            raise BenchError(f"task {text!r}: expected DATASET/CLASSES, such as casme2/5")
        return cls(dataset, labelling, revision, part[1] if part else "")

    @property
    def plain(self) -> str:
        """What users type: dataset and labelling alone."""
        return f"{self.dataset}/{self.labelling}"

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        return f"{self.plain}{revision}" + (f" ({self.subset})" if self.subset else "")


def with_preset(method: str, preset: str) -> str:
    """A method, with the preset if it is not the paper's: "ststnet (quick)"."""
    return method if preset == "paper" else f"{method} ({preset})"


def task_forms(name: str) -> tuple[str, ...]:
    """The ways to write a task's name, from whole to plain: without subset, without revision."""
    one = TaskName.parse(name)
    forms = (name, str(TaskName(one.dataset, one.labelling, one.revision)), one.plain)
    return tuple(dict.fromkeys(forms))


@dataclass(frozen=True, order=True)
class TaskSelector:
    """A task on certain data: "casme2/5", "casme2/5@2014", "casme2/5@31a60e8f".

    Attributes:
        task: its name, as text, whole or shortened.
        data: the first characters of the data fingerprint; empty for any.
    """

    task: str
    data: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "task" or "task@fingerprint".

        Raises:
            BenchError: a part is empty.
        """
        return cls(*_halves("task", text, "@", "TASK or TASK@FINGERPRINT, such as casme2/5"))

    def means(self, name: str, fingerprint: str) -> bool:
        """Whether a task of this name, on this data, is meant.

        What follows the @ may be the revision and subset of the name, or the first characters of
        the fingerprint.
        """
        forms = task_forms(name)
        task, mark, data = str(self).rpartition("@")
        on_data = bool(mark) and task in forms and fingerprint.startswith(data)
        return str(self) in forms or on_data

    def __str__(self) -> str:
        return f"{self.task}@{self.data}" if self.data else self.task


@dataclass(frozen=True, order=True)
class Person:
    """A subject, prefixed so that ids of two databases never meet: "casme2/01"."""

    database: str
    subject: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "database/subject".

        Raises:
            BenchError: not two parts.
        """
        return cls(*_parts("subject", text, 2, "DATABASE/SUBJECT, such as casme2/01"))

    def __str__(self) -> str:
        return f"{self.database}/{self.subject}"


@dataclass(frozen=True, order=True)
class ClipId:
    """A clip, unique over all databases: "casme2/01/EP02_01f"."""

    database: str
    subject: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "database/subject/name".

        Raises:
            BenchError: not three parts.
        """
        expected = "DATABASE/SUBJECT/NAME, such as casme2/01/EP02_01f"
        return cls(*_parts("clip", text, 3, expected))

    @property
    def person(self) -> Person:
        """Whose clip it is."""
        return Person(self.database, self.subject)

    @property
    def forms(self) -> tuple[str, str, str]:
        """The ways to write it, from whole to short: with database, with subject, by name alone."""
        return str(self), f"{self.subject}/{self.name}", self.name

    def __str__(self) -> str:
        return f"{self.database}/{self.subject}/{self.name}"


@dataclass(frozen=True, order=True)
class Protocol:
    """How clips are split: "loso", "kfold:5", "hde", "lovo", "casme2→samm".

    Attributes:
        kind: "loso" holds out one subject, "kfold" one of K groups, "hde" one database after the
            other, "lovo" one clip; "cross" trains on some databases and tests on one.
        k: the number of groups; 0 for the others.
        train: the databases to train on, of "cross" alone.
        test: the database to test on.
    """

    kind: ProtocolKind
    k: int = 0
    train: tuple[str, ...] = ()
    test: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "loso", "kfold:K", "hde", "lovo", or databases: "casme2->samm", "smic+samm->casme2".

        Raises:
            BenchError: an unknown protocol, K is no number of 2 or more, or a database is named
                twice.
        """
        text = with_arrow(text)
        if ARROW in text:
            return cls._between(text)
        word, colon, count = text.partition(":")
        kinds = (kind for kind in get_args(ProtocolKind) if kind != "cross")
        kind = next((kind for kind in kinds if kind == word), None)
        if kind is None or (colon and kind != "kfold"):
            raise BenchError(f"unknown protocol {text!r}; known: {', '.join(PROTOCOLS)}")
        if kind != "kfold":
            return cls(kind)
        # "05" would be another text, and so another key, for the same split.
        # isdigit alone also accepts "²", which int() refuses.
        if not (count.isascii() and count.isdigit()) or int(count) < 2 or count[0] == "0":
            raise BenchError(f"protocol {text!r}: expected a number of groups, at least 2: kfold:5")
        return cls(kind, int(count))

    @classmethod
    def _between(cls, text: str) -> Self:
        before, _, test = text.partition(ARROW)
        train = before.split("+")
        if not all(re.fullmatch(r"[a-z0-9_]+", one) for one in (*train, test)):
            raise BenchError(f"protocol {text!r}: expected databases, such as casme2->samm")
        if len({*train, test}) <= len(train):
            raise BenchError(f"protocol {text!r}: names a database twice")
        return cls("cross", 0, tuple(sorted(train)), test)

    @property
    def diagnostic(self) -> bool:
        """Whether training and test share people, so that no score of it is ever ranked."""
        return self.kind == "lovo"

    def __str__(self) -> str:
        if self.kind == "cross":
            return f"{'+'.join(self.train)}{ARROW}{self.test}"
        return f"{self.kind}:{self.k}" if self.kind == "kfold" else self.kind


def with_arrow(protocol: str) -> str:
    """A protocol as it is kept: an arrow typed as "->" becomes one sign."""
    return protocol.replace("->", ARROW)


def _halves(what: str, text: str, mark: str, expected: str) -> tuple[str, str]:
    """What stands before and after the first mark; without a mark, the second half is empty."""
    first, found, second = text.partition(mark)
    # A mark with nothing behind it is a slip, not the plain name.
    if not first or (found and not second):
        raise BenchError(f"{what} {text!r}: expected {expected}")
    return first, second


def _parts(what: str, text: str, count: int, expected: str) -> list[str]:
    """The parts between slashes, none of them empty."""
    parts = text.split("/")
    if len(parts) != count or not all(parts):
        raise BenchError(f"{what} {text!r}: expected {expected}")
    return parts
