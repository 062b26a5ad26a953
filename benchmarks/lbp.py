"""LBP-TOP block histograms beside scikit-image: `python -m benchmarks.lbp`.

60 frames of 128 x 128, 8 points, uniform patterns, 8 x 8 blocks; single thread, processor time.
"""

from __future__ import annotations

from benchmarks.timing import one_thread, side_by_side

one_thread()

import numpy as np  # noqa: E402
from scipy.ndimage import gaussian_filter  # noqa: E402
from skimage.feature import local_binary_pattern  # noqa: E402
from tabulate import tabulate  # noqa: E402

from bench.core.types import Array  # noqa: E402
from bench.views.lbp.patterns import block_histograms, mapping_table, orthogonal_planes  # noqa: E402

FRAMES, SIDE, BLOCKS = 60, 128, 8


def clip(seed: int = 0) -> Array:
    """A smooth random volume, uint8."""
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(FRAMES, SIDE, SIDE)), 2)
    return (255 * (noise - noise.min()) / np.ptp(noise)).astype(np.uint8)


def ours(volume: Array) -> Array:
    """(3, 8, 8, 59) histograms."""
    pattern = orthogonal_planes(8, (1, 1, 1))
    return np.stack(block_histograms(volume, pattern, (BLOCKS, BLOCKS), "u2", "face"))


def by_scikit_image(volume: Array) -> Array:
    """The same with `local_binary_pattern` image by image and `np.histogram` block by block."""
    planes = [
        np.stack([local_binary_pattern(image, 8, 1, "nri_uniform") for image in turned])
        for turned in (volume, volume.transpose(1, 0, 2), volume.transpose(2, 0, 1))
    ]
    planes = [planes[0], planes[1].transpose(1, 0, 2), planes[2].transpose(1, 2, 0)]
    edges = 1 + np.arange(BLOCKS + 1) * (SIDE - 2) // BLOCKS
    out = np.empty((3, BLOCKS, BLOCKS, 59))
    for k, plane in enumerate(planes):
        for i in range(BLOCKS):
            for j in range(BLOCKS):
                # Like ours without the first and last frame, which lack a neighbour in time.
                block = plane[1:-1, edges[i] : edges[i + 1], edges[j] : edges[j + 1]]
                out[k, i, j] = np.histogram(block, 59, (0, 59))[0] / block.size
    return out


def main() -> None:
    volume = clip()
    sides = {
        "bench": lambda: ours(volume),
        "scikit-image": lambda: by_scikit_image(volume),
    }
    least = side_by_side(sides, 15)
    # bins are numbered differently: compare the mass of the patterns that are not uniform
    found, expected = ours(volume)[0, ..., -1], by_scikit_image(volume)[0, ..., -1]
    apart = float(np.abs(found - expected).max())
    rows = [(name, ms, least["scikit-image"] / ms) for name, ms in least.items()]
    print(tabulate(rows, ("LBP-TOP", "ms", "times faster"), floatfmt=".1f"))
    print(
        f"{len(np.unique(mapping_table(8, 'u2')))} bins; on XY the share of patterns that are not "
        f"uniform differs by {apart:.4f} at most (ties)"
    )


if __name__ == "__main__":
    main()
