"""A submission as one zip archive, as Zenodo and its like take it: written, and read safely."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.core.errors import BenchError
from bench.submission import manifest

ENDING = ".zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: with that of its making, its bytes would change."""
MARK = re.compile(rb"(?s)\APK\x03\x04.{26}manifest\.json")
"""What an archive begins with: the manifest is the first of its files."""
MOST_BYTES, MOST_FILES = 1_000_000_000, 10_000
"""Of all files together, unpacked."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The archive of a submission's files by path; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files, key=lambda one: (one != manifest.NAME, one)):
            about = zipfile.ZipInfo(name, EPOCH)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.create_system = 3  # Unix, or Windows would write other bytes
            archive.writestr(about, files[name])
    return packed.getvalue()


@contextmanager
def opened(place: Path) -> Iterator[Path]:
    """The folder of a submission; that of an archive, anybody's, lasts as long as the context.

    Raises:
        BenchError: a file that is no archive of a submission, or is damaged.
    """
    if not place.is_file():
        yield place
        return
    with TemporaryDirectory() as folder:
        _unzip(place, Path(folder))
        yield Path(folder)


def _unzip(place: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(place) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir()]
            names = {one.filename for one in inside}
            if len(names) < len(inside) or not all(map(manifest.is_inside, names)):
                raise BenchError(f"{place}: a name twice, or one that leads out of its folder")
            # zipfile reads no more of a file than is stated here.
            if len(inside) > MOST_FILES or sum(one.file_size for one in inside) > MOST_BYTES:
                raise BenchError(
                    f"{place}: expected {MOST_FILES:,} files and {MOST_BYTES:,} bytes at most"
                )
            if manifest.NAME not in names:
                raise BenchError(f"{place} is not a submission: it has no {manifest.NAME}")
            for one in inside:
                target = folder / one.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(one))
    # RuntimeError: an encrypted file; OSError: a file in the place of a folder.
    except (
        zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, OSError,
    ) as error:  # fmt: skip
        raise BenchError(f"{place}: not an archive of a submission ({error})") from error
