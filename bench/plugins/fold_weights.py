"""Published weights of a method, a file for each held-out subject: `ststnet:weights=FOLDER`.

The parent process finds the file of a fold by the subject that it holds out; a method is given the
tensors alone. Results depend on the files' content, never on where they lie.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.cache.files import key, write_atomically
from bench.core.errors import BenchError
from bench.core.machine import state_folder
from bench.core.names import Person

WORD = "weights"
"""What stands before the `=`."""
SHOWN = 12
"""Hexadecimal digits of the digest in a row's name: 48 bits."""
DIGEST = re.compile(f"[0-9a-f]{{{SHOWN},64}}")


@dataclass(frozen=True)
class FoldWeights:
    """A folder of published weights.

    Attributes:
        sha256: of the names and contents of its files; all that results depend on.
        folder: where they lie.
        names: how a subject's file is called, by database, from the subject's number.
        files: sha256 of each file by its name.
    """

    sha256: str
    folder: Path = field(compare=False)
    names: Mapping[str, str] = field(compare=False)
    files: Mapping[str, str] = field(compare=False)

    @property
    def word(self) -> str:
        """What a row is called: the digest, which is the same on every machine."""
        return f"{WORD}={self.sha256[:SHOWN]}"

    def file_of(self, subject: str) -> Path:
        """The file of a held-out subject, "casme2/01".

        Raises:
            BenchError: there is none.
        """
        person = Person.parse(subject)
        number = re.search(r"[0-9]+", person.subject)
        if person.database not in self.names or number is None:
            known = ", ".join(self.names)
            raise BenchError(f"{WORD}={self.folder}: for subjects of {known}, not for {subject}")
        name = self.names[person.database].format(int(number[0]))
        if name not in self.files:
            raise BenchError(
                f"{WORD}={self.folder}: no {name}, the weights of the fold that holds out "
                f"{subject}; expected a file for each subject"
            )
        return self.folder / name


def read_folder(word: str, names: Mapping[str, str]) -> FoldWeights:
    """The weights in a folder, or in one that was used before under this digest.

    Args:
        word: path of the folder; or the first digits of its digest, as rows are named.
        names: of the files, by database.

    Raises:
        BenchError: no such folder, or none of its files is called so.
    """
    folder = Path(word).expanduser()
    if not word:
        raise BenchError(f"{WORD}=: expected a folder")
    if folder.is_dir() or not DIGEST.fullmatch(word):
        return _read(folder, word, names)
    before = _remembered(word)
    if before is None:
        raise BenchError(
            f"{WORD}={word}: no folder with this digest was used here; run "
            f"`bench plan` with {WORD}=FOLDER once"
        )
    found = _read(before, word, names)
    if not found.sha256.startswith(word):
        raise BenchError(f"{WORD}={word}: {before} has changed since; give the folder of weights")
    return found


def _read(folder: Path, word: str, names: Mapping[str, str]) -> FoldWeights:
    expected = ", ".join(name.format(1) for name in names.values())
    endings = tuple({Path(name).suffix for name in names.values()})
    try:
        paths = sorted(one for one in folder.iterdir() if one.name.endswith(endings))
        files = {one.name: _sha256(one) for one in paths if one.is_file()}
    except OSError as error:
        raise BenchError(
            f"{WORD}={word}: {error.strerror}; expected a folder with a file for each held-out "
            f"subject ({expected})"
        ) from error
    if not files:
        raise BenchError(f"{WORD}={word}: no files such as {expected} in this folder")
    return FoldWeights(key(files), folder.resolve(), names, files)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remember(weights: FoldWeights) -> None:
    """Keep where a folder lies, so that its digest alone finds it: records name no path."""
    write_atomically(_memory() / weights.sha256, str(weights.folder).encode(), durable=False)


def _remembered(word: str) -> Path | None:
    found = sorted(_memory().glob(f"{word}*"))
    return Path(found[0].read_text(encoding="utf-8")) if found else None


def _memory() -> Path:
    return state_folder() / "weights"
