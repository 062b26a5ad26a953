"""Files of named arrays (mat, npy, npz, csv, tsv, parquet), read without running what they hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.annotations import clean
from bench.data.reading.sheets import parse_csv, read_bytes

Arrays = dict[str, Array]
"""Arrays by name: variables of a mat or npz file, columns of a table; a npy file's is `""`."""

MOST_BYTES = 2_000_000_000
"""Of a file, and of what a compressed one unpacks to: the largest in use is 9 MB."""


def read_arrays(path: Path) -> Arrays:
    """All arrays of a file; columns of a table are numbers where every cell is one, else text.

    Raises:
        DataError: no such file, another kind, a damaged one, or one that holds Python objects.
    """
    data = read_bytes(path, MOST_BYTES, "; expected features, not frames")
    return parse_arrays(data, str(path))


def parse_arrays(data: bytes, origin: str) -> Arrays:
    """The arrays of a file's bytes.

    Args:
        data: the whole file.
        origin: its name, which ends in its kind; errors begin with it.

    Raises:
        DataError: as `read_arrays`.
    """
    kind = Path(origin).suffix.lower()
    if kind not in KINDS:
        raise DataError(f"{origin}: expected a file ending in {', '.join(KINDS)}")
    try:
        return KINDS[kind](data, origin)
    except DataError:
        raise
    except Exception as error:  # their readers raise many kinds on damaged files
        raise DataError(
            f"{origin}: not a readable {kind[1:]} file: {clean(error)[:200]}"
        ) from error


def _mat(data: bytes, origin: str) -> Arrays:
    from scipy.io import loadmat

    try:
        found: Mapping[str, object] = loadmat(io.BytesIO(data))
    except NotImplementedError as error:
        raise DataError(
            f"{origin}: a MATLAB 7.3 file; save it in MATLAB by save(..., '-v7')"
        ) from error
    return {
        name: _plain(value)
        for name, value in found.items()
        if not name.startswith("__") and isinstance(value, np.ndarray)
    }


def _plain(value: Array) -> Array:
    """A cell array of strings as an array of text; every other array as it is."""
    if value.dtype != object:
        return value
    return np.array([" ".join(map(str, np.ravel(cell))) for cell in value.ravel()], dtype=np.str_)


def _npy(data: bytes, origin: str) -> Arrays:
    # Without pickle: loading a stranger's file must run no code.
    return {"": np.load(io.BytesIO(data), allow_pickle=False)}


def _npz(data: bytes, origin: str) -> Arrays:
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        if sum(part.file_size for part in whole.infolist()) > MOST_BYTES:
            raise DataError(f"{origin}: unpacks to more than {MOST_BYTES} bytes")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _table(data: bytes, origin: str) -> Arrays:
    rows = [row for row in parse_csv(data, origin) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise DataError(f"{origin}: expected a row of column names and rows below it")
    header = [clean(cell) for cell in rows[0]]
    for at, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise DataError(f"{origin}: row {at} has {len(row)} cells, and {len(header)} columns")
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise DataError(f"{origin}: two columns are named {twice!r}")
    columns = zip(*rows[1:], strict=True)
    return {name: _numbers(column) for name, column in zip(header, columns, strict=True)}


def _numbers(cells: tuple[str, ...]) -> Array:
    texts = [clean(cell) for cell in cells]
    # A subject "01" stays text: as a number it would lose its zero.
    if any(len(text) > 1 and text[0] == "0" and text.isdigit() for text in texts):
        return np.array(texts)
    try:
        return np.array([float(text) for text in texts])
    except ValueError:
        return np.array(texts)


def _parquet(data: bytes, origin: str) -> Arrays:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise DataError(
            f"{origin}: needs pyarrow: pip install 'mer-bench[parquet]', or save it as npz or csv"
        ) from error
    table = parquet.read_table(io.BytesIO(data))
    found: Arrays = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        values = column.to_pylist()
        # A column of lists, all of one length, is a matrix: a feature row in each cell.
        array = np.array([np.nan if value is None else value for value in values])
        found[str(name)] = array if array.dtype != object else array.astype(np.str_)
    return found


KINDS: Mapping[str, Callable[[bytes, str], Arrays]] = {
    ".npz": _npz,
    ".npy": _npy,
    ".mat": _mat,
    ".csv": _table,
    ".tsv": _table,
    ".parquet": _parquet,
}
"""Readers by the end of a file's name."""
