"""Optical flow that was computed elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.sheets import read_bytes

MOST_BYTES = 1_000_000_000
MAGIC = b"PIEH"
"""The first four bytes of Middlebury's format (Baker et al., IJCV 92, 2011): 202021.25."""


def read_flow(path: Path) -> Array:
    """Flow from onset to apex: (2, h, w) float32, u right and v down, px.

    A npy file holds it so or as (h, w, 2), as OpenCV does; a flo file is Middlebury's.

    Raises:
        DataError: anything else, or values that are not finite.
    """
    data = read_bytes(path, MOST_BYTES, "; expected the flow of one clip")
    try:
        flow = _middlebury(data) if data[:4] == MAGIC else np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as optical flow: {error}") from error
    flow = np.asarray(flow)
    if flow.ndim != 3 or 2 not in (flow.shape[0], flow.shape[2]) or flow.dtype.kind not in "fiu":
        raise DataError(f"{path}: shape {flow.shape} ({flow.dtype}); expected (2, h, w) numbers")
    flow = flow if flow.shape[0] == 2 else flow.transpose(2, 0, 1)
    if not np.isfinite(flow).all():
        raise DataError(f"{path}: values that are not finite")
    return np.ascontiguousarray(flow, np.float32)


def _middlebury(data: bytes) -> Array:
    width, height = np.frombuffer(data, "<i4", 2, 4)
    return np.frombuffer(data, "<f4", offset=12).reshape(height, width, 2)
