"""Writing a site into a folder: nothing of anyone else's is lost, and no old page stays."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bench.board.publish import of_board
from bench.cache.output import MAKER, Output, write_outputs
from bench.core.errors import BenchError

MANIFEST = "site.json"
"""Names every file of the site with its hash, so that the next one knows which are ours."""


def check_site(folder: Path, force: bool = False) -> None:
    """Refuse a folder that has files which are neither of an earlier site nor of a board.

    `bench board -o SITE/board` puts a board there for download. No page has the name of its files,
    so it stays as it is.

    Raises:
        BenchError: names the first.
    """
    if folder.exists() and not folder.is_dir():
        raise BenchError(f"-o {folder} is a file, expected a folder")
    if force:
        return
    ours = _manifest(folder)
    for name in _files(folder):
        if name == MANIFEST or _hash(folder / name) == ours.get(name):
            continue
        if name in ours or not of_board(folder / name):
            raise BenchError(
                f"{folder / name} exists, and is not as bench wrote it; choose another folder for "
                "-o, or replace what has the name of a page with --force"
            )


def write_site(files: Mapping[str, bytes], folder: Path, force: bool = False) -> None:
    """Write files by their path below a folder; those of an earlier site that are left are removed.

    Raises:
        BenchError: a file is in the folder that bench did not write; nothing is written then.
    """
    check_site(folder, force)
    ours = _manifest(folder)
    left = [
        name
        for name in _files(folder)
        if name not in files and name in ours and _hash(folder / name) == ours[name]
    ]
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    manifest = json.dumps({"maker": MAKER, "files": hashes}, indent=1) + "\n"
    # Whose the files are was checked above.
    outputs = [Output(folder / name, data, None) for name, data in files.items()]
    # Last: a site that is broken off is replaced only with --force, but none passes for whole.
    write_outputs([*outputs, Output(folder / MANIFEST, manifest.encode(), None)], force=True)
    for name in left:
        path = folder / name
        path.unlink()
        with suppress(OSError):  # it has other files
            path.parent.rmdir()


def _files(folder: Path) -> list[str]:
    """All files below a folder, without hidden ones (.git, .nojekyll), which no site has."""
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        place = Path(root).relative_to(folder)
        found += [(place / name).as_posix() for name in sorted(names) if not name.startswith(".")]
    return found


def _manifest(folder: Path) -> dict[str, str]:
    """Hashes by path of the site that lies there; empty without one."""
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
        return {str(name): str(value) for name, value in raw["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
