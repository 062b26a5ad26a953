"""Results as one file, from which anybody can compute a board again.

    predictions.tar.gz    records, tasks, environments, imports, evidence, neighbours

The members are files of a results folder at their places in it, sealed as they were. One stream
rather than a zip: records share most of their text, and packed one by one take five times as much.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.core.errors import BenchError
from bench.core.sealed import seal, unseal
from bench.store.environment import environment_path
from bench.store.external import External, external_path
from bench.store.files import DEPTHS, FOLDERS, MOST_BYTES, MOST_FILES
from bench.store.neighbours import neighbours_path
from bench.store.provenance import Evidence, sign
from bench.store.record import Record
from bench.store.record_file import RECORD
from bench.store.scan import scan
from bench.store.store import Store

NAME = "predictions.tar.gz"
"""Of the archive in the folder of a board."""

MARK = re.compile(rb"\A\x1f\x8b\x08")
"""How it begins: what bench wrote is not told from another archive of that name."""

MOST_IN_ALL = 8 * 2**30
"""Bytes of all members together: a stranger's archive must not fill the disk."""

WORD = r"[A-Za-z0-9_+@~-][A-Za-z0-9._+@~-]*"
"""A part of a member's name: see `bench.core.file_names`. None begins with a dot."""

MEMBERS = re.compile(
    "|".join(
        rf"{folder}(/{WORD}){{{depth + 1}}}\.json"
        for folder, depth in (
            *((FOLDERS[kind], DEPTHS[kind]) for kind in FOLDERS),
            ("derived/neighbours", 0),
        )
    )
)


def pack(store: Store, wanted: Callable[[Record | External], bool]) -> bytes:
    """The archive of sound results with their tasks; the same files give the same bytes.

    Folds that did not end ok are packed without their traceback, which names paths of the machine.

    Args:
        store: the results folder.
        wanted: which results.
    """
    files = {path.relative_to(store.folder).as_posix(): raw for path, raw in _chosen(store, wanted)}
    packed = io.BytesIO()
    # Without times and owners: neither is a part of the results.
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in sorted(files):
            about = tarfile.TarInfo(name)
            about.size = len(files[name])
            tar.addfile(about, io.BytesIO(files[name]))
    return packed.getvalue()


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of an archive, anybody's, into an empty folder.

    Raises:
        BenchError: it is no such archive, is damaged, or holds anything but files of results.
    """
    total = 0
    try:
        # Through gzip, and not "r:gz" of tarfile, which reads archives of any kind.
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for count, about in enumerate(tar):
                total += about.size
                if fault := _fault(about, count, total):
                    raise BenchError(f"{archive}: {fault}")
                file, target = tar.extractfile(about), folder / about.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if file is None or target.exists():
                    raise BenchError(f"{archive}: {about.name!r} twice, or no file")
                target.write_bytes(file.read())
    except FileNotFoundError as error:
        raise BenchError(f"{archive}: no such file") from error
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError) as error:
        raise BenchError(f"{archive}: not an archive of predictions ({error})") from error


def located(source: Path) -> Path | None:
    """The archive that a path means: itself, or the one in a folder; None where it means none."""
    packed = source / NAME if source.is_dir() else source
    return packed if packed.name.endswith(".tar.gz") and packed.is_file() else None


def _fault(about: tarfile.TarInfo, count: int, total: int) -> str:
    if not about.isreg() or not MEMBERS.fullmatch(about.name):
        return f"{about.name!r:.200}, expected files of a results folder only"
    if about.size > MOST_BYTES or total > MOST_IN_ALL or count >= MOST_FILES:
        return (
            f"{about.name!r}: expected files of {MOST_BYTES:,} bytes, {MOST_IN_ALL:,} together "
            f"and {MOST_FILES:,} files at most"
        )
    return ""


def _chosen(
    store: Store, wanted: Callable[[Record | External], bool]
) -> Iterator[tuple[Path, bytes]]:
    """What is wanted and what it needs: where each file goes, by what it says, and its content."""
    tasks: set[str] = set()
    environments: set[str] = set()
    neighbours: set[Path] = set()
    digests: set[str] = set()
    # Records come before the evidence of their reruns.
    for found in scan(store.folder):
        path, content = found.path, found.content
        match content:
            case Record() if wanted(content):
                tasks.add(content.inputs["data"])
                environments.add(content.environment)
                neighbours.add(neighbours_path(store.folder, content.inputs))
                digests.add(content.digest)
                raw = path.read_bytes() if content.status == "ok" else _bare(path, content)
                yield store.path_of(content), raw
            case External() if wanted(content):
                tasks.add(content.data)
                yield external_path(store.folder, content), path.read_bytes()
            case Evidence() if content.record in digests:
                environments.add(content.environment)
                yield path, path.read_bytes()
            case _:
                pass
    machines = (environment_path(store.folder, name) for name in environments if name)
    for path in (*map(store.task_path, tasks), *machines, *neighbours):
        if path.is_file():
            yield path, path.read_bytes()


def _bare(path: Path, record: Record) -> bytes:
    """The file of a record without its traceback, signed by us if it was so before."""
    content = unseal(path, RECORD).content | {"error": ""}
    if not record.digest:
        return json.dumps(content | {"format": record.format}).encode()
    return seal(RECORD, content, sign if record.provenance == "run" else None)
