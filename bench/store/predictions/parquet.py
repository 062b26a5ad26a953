"""Tables of predictions as parquet; pyarrow is optional (`pip install mer-bench[parquet]`)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from bench.cache.output import MAKER
from bench.core.errors import BenchError

MAGIC = b"PAR1"
"""The first bytes of every parquet file."""

MOST_ROWS = 1_000_000
"""Compressed, a few bytes can be any number of rows."""


def read_parquet(content: bytes, origin: str) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    """The names of the columns, and the rows as text; raises `BenchError` for anything else."""
    arrow, parquet = _pyarrow(origin)
    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        if (count := file.metadata.num_rows) > MOST_ROWS:
            raise BenchError(f"{origin}: {count} rows, which no predictions have")
        table = file.read()
        columns = [["" if v is None else str(v) for v in c.to_pylist()] for c in table.columns]
    except (arrow.ArrowException, OSError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise BenchError(f"{origin}: cannot be read as parquet ({first})") from error
    names = [str(name) for name in table.column_names]
    rows = zip(*columns, strict=True)
    return names, [
        (f"{origin}, row {i}", dict(zip(names, row, strict=True)))
        for i, row in enumerate(rows, start=1)
    ]


def write_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows with the same keys as a parquet file, which names its maker."""
    arrow, parquet = _pyarrow("--format parquet")
    out = io.BytesIO()
    table = arrow.Table.from_pylist([dict(row) for row in rows])
    parquet.write_table(table.replace_schema_metadata({"maker": MAKER}), out)
    return out.getvalue()


def _pyarrow(wanted: str) -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise BenchError(
            f"{wanted} needs pyarrow: pip install 'mer-bench[parquet]', or use csv or json"
        ) from error
    return pyarrow, parquet
