"""The manifest of a submission: what is in it, what it claims, and how to check both."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.core.errors import BenchError
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import DamagedError, typed

NAME = "manifest.json"
SUBMISSION = Kind("submission", format=1)

DECIMALS = 4
"""Of claimed scores."""

VERIFY = "bench verify ."
REVEALS = (
    "Per clip: its id (database, subject, name), its true class, the number of its apex frame, a "
    "hash of its bytes, and the scores of the method. Per fold: times, device and machine. No "
    "pixels, no frames, no other annotation."
)


@dataclass(frozen=True)
class Claim:
    """One cell of the submission, as its submitter describes it.

    Attributes:
        cell: its path in a results folder: "casme2-5/mfvan/paper-0f3a5b1c2d4e/seed0".
        task, protocol, method: names; the method without its variant.
        seed: of the cell.
        data: fingerprint of the task.
        folds, clips: how many are predicted: all.
        classes: clips by class.
        scores: accuracy, F1, UF1 and UAR of all clips pooled, rounded to four decimals.
        code: hash of the plugin's source.
        plugin: where the source is: "" comes with bench, "plugins/mine.py" or an address.
    """

    cell: str
    task: str
    protocol: str
    method: str
    seed: int
    data: str
    folds: int
    clips: int
    classes: dict[str, int]
    scores: dict[str, float]
    code: str
    plugin: str = ""

    @property
    def packed(self) -> bool:
        """The source is a file of the submission."""
        return self.plugin.startswith("plugins/")


@dataclass(frozen=True)
class FileEntry:
    """One file, by its sha256 and size."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a submission holds.

    Attributes:
        version: of bench that packed it.
        licence: of the predictions: an SPDX identifier.
        authors: of the submission; may be empty.
        cells: its results.
        files: all files but the manifest, by path.
        reveals: what a reader learns about the clips.
        verify: the command that checks it.
    """

    version: str
    licence: str
    authors: list[str]
    cells: list[Claim]
    files: dict[str, FileEntry]
    reveals: str = REVEALS
    verify: str = VERIFY


def entry(data: bytes) -> FileEntry:
    """The entry of a file with this content."""
    return FileEntry(hashlib.sha256(data).hexdigest(), len(data))


def encode(manifest: Manifest) -> bytes:
    """The file of a manifest: sealed, and indented for people."""
    return (json.dumps(json.loads(seal(SUBMISSION, asdict(manifest))), indent=1) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a submission's folder.

    Raises:
        BenchError: there is none, it is damaged, or a later version wrote it.
    """
    path = folder / NAME
    try:
        found = typed(unseal(path, SUBMISSION).content, Manifest, path)
    except FileNotFoundError as error:
        raise BenchError(f"{folder} is not a submission: it has no {NAME}") from error
    if wrong := [name for name in found.files if not is_inside(name)]:
        raise DamagedError(path, f"files: {wrong[0]!r}, expected a path in the folder")
    return found


def is_inside(name: str) -> bool:
    """Whether the path of a file leads nowhere but into the folder of the submission."""
    parts = name.split("/")
    return all(re.fullmatch(r"[A-Za-z0-9._+@~-]+", part) for part in parts) and not (
        {".", ".."} & set(parts)
    )


def changed(folder: Path, files: Mapping[str, FileEntry]) -> list[str]:
    """What is not as a manifest says, a few words for each file."""
    found = []
    # Whatever is not listed might be taken for a part of what was checked.
    # A link to a folder would bring all of it along.
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    there = {path.relative_to(folder).as_posix() for path in paths}
    found += [f"{name}: not in the manifest" for name in sorted(there - {NAME} - files.keys())]
    for name, wanted in sorted(files.items()):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            found.append(f"{name}: missing")
        elif path.stat().st_size != wanted.bytes or entry(path.read_bytes()) != wanted:
            found.append(f"{name}: changed, its sha256 is another")
    return found
