"""Local binary patterns of a volume of frames, on three orthogonal planes and other rings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import gray_frames
from bench.views.magnification import magnified_frames
from bench.views.tim import interpolated

Mapping = Literal["basic", "u2", "ri"]
Grid = tuple[int, int]
"""Blocks (down, right)."""
HW = tuple[int, int] | None
"""(height, width), px; None: the clip's own."""
XYT = tuple[int, int, int]
"""Along x and y, px, and along time, frames."""
Border = Literal["block", "face"]
Point = tuple[float, float, float]
"""Offset (dt, dy, dx) from the centre: frames and px."""
ONE = 128
"""What the weights of a bilinear interpolation sum to."""


@dataclass(frozen=True)
class Pattern:
    """Which points are compared with the centre, plane by plane.

    Attributes:
        planes: the rings of points, at most 8 each; bit p of a code is set when point p is at
            least as bright as the centre.
    """

    planes: tuple[tuple[Point, ...], ...]

    @property
    def margin(self) -> tuple[int, int, int]:
        """Frames, rows and columns at each border that have no code, in any plane."""
        reach = np.abs([point for plane in self.planes for point in plane]).max(axis=0)
        # Rounded up, because a point between two pixels needs both.
        rt, ry, rx = (math.ceil(r) for r in reach)
        return rt, ry, rx

    # The clips of a dataset mostly have one size or few.
    @lru_cache(maxsize=64)  # noqa: B019
    def tables(self, shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
        """What the kernels take for a volume of that shape (t, h, w).

        Returns:
            shifts (planes, points, 4) in pixels, weights (planes, points, 4), points of each
            plane (planes,).
        """
        counts = np.array([len(plane) for plane in self.planes])
        shifts = np.zeros((len(counts), counts.max(), 4), np.int64)
        weights = np.zeros(shifts.shape, np.uint16)
        for k, plane in enumerate(self.planes):
            for p, point in enumerate(plane):
                offsets, weights[k, p] = bilinear(point)
                shifts[k, p] = offsets @ np.array([shape[1] * shape[2], shape[2], 1])
        return shifts, weights, counts


@lru_cache(maxsize=64)
def orthogonal_planes(points: int, radii: tuple[int, int, int]) -> Pattern:
    """The rings of LBP-TOP (Zhao, Pietikäinen 2007): planes XY, XT, YT; radii (rx, ry, rt).

    With a = 2πp / P: XY (dy, dx) = (-ry sin a, rx cos a); XT (dt, dx) = (rt sin a, rx cos a);
    YT (dt, dy) = (rt cos a, -ry sin a), as in the authors' code.
    """
    rx, ry, rt = radii
    turns = [2 * math.pi * p / points for p in range(points)]
    # rounded, so that a point on a pixel is that pixel
    sines = [(round(math.sin(a), 9), round(math.cos(a), 9)) for a in turns]
    return Pattern(
        (
            tuple((0.0, -ry * s, rx * c) for s, c in sines),
            tuple((rt * s, 0.0, rx * c) for s, c in sines),
            tuple((rt * c, -ry * s, 0.0) for s, c in sines),
        )
    )


def bilinear(point: Point) -> tuple[Array, Array]:
    """The four pixels around a point that has a whole coordinate, and their weights.

    Weights are integers that sum to 128, the largest taking what rounding leaves: sums of grey
    levels are then exact, and a flat patch equals its centre at every level.

    Returns:
        offsets (4, 3) int64 and weights (4,) uint16.
    """
    low = np.floor(point).astype(np.int64)
    part = np.asarray(point) - low
    between = np.flatnonzero(part > 0)
    if len(between) > 2:
        raise BenchError(f"point {point} is off the pixel grid along all three axes")
    corners, shares = [low], [1.0]
    for axis in between:
        step = np.eye(3, dtype=np.int64)[axis]
        corners += [corner + step for corner in corners]
        shares = [s * (1 - part[axis]) for s in shares] + [s * part[axis] for s in shares]
    # Pixels that are not needed stay at the first one, with weight 0.
    offsets, weights = np.tile(low, (4, 1)), np.zeros(4, np.int64)
    offsets[: len(corners)] = corners
    weights[: len(shares)] = np.rint(np.array(shares) * ONE)
    weights[np.argmax(shares)] += ONE - weights.sum()
    return offsets, weights.astype(np.uint16)


def mapping_table(points: int, mapping: Mapping) -> Array:
    """The bin of each of the 2^points codes.

    "basic" keeps them all. "u2" (Ojala et al. 2002) keeps the codes with at most two changes
    around the ring and puts all others into the last bin: 59 bins for 8 points, 15 for 4. "ri"
    joins the codes that are rotations of each other: 36 and 6.
    """
    whole = np.arange(2**points)
    if mapping == "basic":
        return whole
    turned = np.stack(
        [(whole >> s | whole << (points - s)) & (2**points - 1) for s in range(points)]
    )
    if mapping == "ri":
        return np.unique(turned.min(axis=0), return_inverse=True)[1]
    if mapping != "u2":
        raise BenchError(f"no mapping {mapping!r} of codes: expected basic, u2 or ri")
    # Modulo, because a ring of one point has no rotation by one.
    changes = np.array([int(code).bit_count() for code in whole ^ turned[1 % points]])
    table: Array = np.where(changes <= 2, np.cumsum(changes <= 2) - 1, (changes <= 2).sum())
    return table


def cuts(length: int, parts: int, margin: int, border: Border) -> Array:
    """Where blocks begin and end along one axis: (parts, 2).

    Args:
        length: of the axis.
        parts: how many blocks.
        margin: without codes.
        border: "block" cuts the image first and leaves the margin out of every block, as the
            authors' code does; "face" cuts what the margin leaves of the image.

    Raises:
        BenchError: blocks without a code.
    """
    if border == "block":
        edges = np.arange(parts + 1) * length // parts
        spans = np.stack([edges[:-1] + margin, edges[1:] - margin], axis=1)
    elif border == "face":
        edges = margin + np.arange(parts + 1) * (length - 2 * margin) // parts
        spans = np.stack([edges[:-1], edges[1:]], axis=1)
    else:
        raise BenchError(f"no border {border!r}: expected block or face")
    if (spans[:, 1] <= spans[:, 0]).any():
        raise BenchError(
            f"{parts} blocks of {length} px with a margin of {margin} px are empty: "
            "use larger images, fewer blocks or smaller radii"
        )
    return spans


def block_histograms(
    volume: Array,
    pattern: Pattern,
    grid: tuple[int, int],
    mapping: Mapping = "basic",
    border: Border = "block",
) -> list[Array]:
    """Histograms of codes by block, each summing to 1.

    Args:
        volume: (t, h, w) uint8.
        pattern: which points are compared.
        grid: blocks (down, right).
        mapping: of codes to bins.
        border: see `cuts`.

    Returns:
        for each plane (down, right, bins) float32.
    """
    # Imported here: numba is heavy, and listing the views must be quick.
    from bench.views.lbp import kernel as lbp_kernel

    margin = _checked(volume, pattern)
    shifts, weights, counts = pattern.tables(volume.shape)
    rows = cuts(volume.shape[1], grid[0], int(margin[1]), border)
    columns = cuts(volume.shape[2], grid[1], int(margin[2]), border)
    # One table for all planes: those with fewer points leave the upper bins empty.
    bins = 2 ** int(counts.max())
    raw = lbp_kernel.block_counts(
        np.ascontiguousarray(volume), shifts, weights, counts, margin, rows, columns, bins
    )
    planes = []
    for k, points in enumerate(counts):
        fold = _fold(int(points), mapping)
        folded = raw[:, :, k, : len(fold)] @ fold
        planes.append((folded / folded.sum(axis=-1, keepdims=True)).astype(np.float32))
    return planes


@lru_cache(maxsize=64)
def _fold(points: int, mapping: Mapping) -> Array:
    """A matrix of 0 and 1 (codes, bins) that adds up the codes of each bin."""
    table = mapping_table(points, mapping)
    fold: Array = np.eye(table.max() + 1)[table]
    return fold


def _checked(volume: Array, pattern: Pattern) -> Array:
    margin = np.array(pattern.margin)
    if (np.array(volume.shape) <= 2 * margin).any():
        raise BenchError(
            f"a volume of {volume.shape[0]} frames of {volume.shape[1]} x {volume.shape[2]} px has "
            f"no pixel with neighbours {tuple(pattern.margin)} (frames, rows, columns) away: "
            "interpolate to more frames or use smaller radii"
        )
    return margin


@view(version=1, of="gray_frames magnified_frames")
def lbp_top(
    clip: Views,
    num_frames: int = 10,
    size: HW = None,
    grid: Grid = (5, 5),
    points: int = 4,
    radii: XYT = (1, 1, 4),
    mapping: Mapping = "basic",
    border: Border = "block",
    magnify: float = 0.0,
) -> Array:
    """LBP-TOP block histograms: (3, down, right, bins) float32, planes XY, XT, YT.

    Args:
        clip: the clip.
        num_frames: frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) the frames are resized to.
        grid: blocks (down, right).
        points: on each ring.
        radii: (rx, ry, rt).
        mapping: of codes to bins.
        border: see `cuts`.
        magnify: factor of Eulerian magnification before the interpolation; 0 is none.
    """
    frames = magnified_frames(clip, magnify, size) if magnify else gray_frames(clip, size)
    volume = interpolated(frames, num_frames) if num_frames else frames
    return np.stack(
        block_histograms(volume, orthogonal_planes(points, radii), grid, mapping, border)
    )
