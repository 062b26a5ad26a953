"""The file of `--exclude`: ids of clips that a user leaves out of tasks, one a line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from bench.core.errors import BenchError
from bench.core.select import nearest


def read_exclusions(path: Path) -> dict[str, int]:
    """Ids with the lines they stand on; blank lines and what follows a # are passed over.

    Raises:
        BenchError: the file cannot be read, is no text, or names no clip.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BenchError(f"--exclude {path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BenchError(
            f"--exclude {path}: not a text file; expected one clip id per line"
        ) from None
    found: dict[str, int] = {}
    for at, line in enumerate(lines, start=1):
        if word := line.partition("#")[0].strip():
            found.setdefault(word, at)
    if not found:
        raise BenchError(f"--exclude {path}: names no clip; expected one clip id per line")
    return found


def refuse_unknown_clips(path: Path, excluded: dict[str, int], known: Collection[str]) -> None:
    """Raise `BenchError` for the first id that no dataset has, with the nearest ones."""
    for word, at in excluded.items():
        if word not in known:
            ids = sorted(known)
            near = nearest(word, ids)
            hint = f"did you mean {' or '.join(near)}?" if near else f"ids are like {ids[0]}"
            raise BenchError(
                f"--exclude {path}: line {at}: no clip {word!r} among {len(ids)}; {hint}"
            )
