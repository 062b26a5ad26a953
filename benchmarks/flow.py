"""TV-L1 optical flow beside OpenCV's and scikit-image's: `python -m benchmarks.flow`.

Noisy textures under a known smooth motion; single thread, processor time. OpenCV's TV-L1 is part of
opencv-contrib-python-headless: install that in place of opencv-python-headless to compare with it.
"""

from __future__ import annotations

from functools import partial

from benchmarks.timing import one_thread, side_by_side

one_thread()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from scipy.ndimage import gaussian_filter, map_coordinates  # noqa: E402
from skimage.registration import optical_flow_tvl1  # noqa: E402
from tabulate import tabulate  # noqa: E402

from bench.core.types import Array  # noqa: E402
from bench.views.flow.optical import flow_between  # noqa: E402

SIZES = ((128, 128), (340, 280), (640, 480))
PEAKS = (0.3, 1.0, 3.0)
"""Largest motion along an axis, px."""
# Texture beyond the frame, px, from where the motion brings pixels in.
MARGIN = 16


def pair(size: tuple[int, int], peak: float, noise: float = 1.0) -> tuple[Array, Array, Array]:
    """First and second image, uint8, and the flow (2, h, w) between them, px."""
    h, w = size
    rng = np.random.default_rng(0)
    wide = (h + 2 * MARGIN, w + 2 * MARGIN)
    # Blurring by s weakens noise by 1 / s; the factor gives every scale the same contrast.
    texture = sum(s * gaussian_filter(rng.normal(size=wide), s) for s in (1.5, 3, 8))
    texture = 20 + 210 * (texture - texture.min()) / np.ptp(texture)
    y, x = np.mgrid[:h, :w].astype(np.float64)
    down, right = 2 * np.pi * y / h, 2 * np.pi * x / w
    flow = peak * np.stack([np.sin(0.6 * down) * np.cos(0.4 * right), np.cos(0.5 * right)])
    first = map_coordinates(texture, [y + MARGIN + flow[1], x + MARGIN + flow[0]], order=5)
    second = texture[MARGIN:-MARGIN, MARGIN:-MARGIN]
    noisy = (np.rint(image + rng.normal(0, noise, size)) for image in (first, second))
    first, second = (np.clip(image, 0, 255).astype(np.uint8) for image in noisy)
    return first, second, flow


def error(found: Array, true: Array) -> float:
    """Mean end-point error away from the border, px."""
    return float(np.hypot(*(found - true))[8:-8, 8:-8].mean())


def main() -> None:
    # OpenCV has threads of its own, which the variables of `one_thread` do not limit.
    cv2.setNumThreads(1)
    algorithms = {
        "bench tvl1": lambda a, b: flow_between(a, b, "tvl1"),
        # scikit-image returns rows first, the others the horizontal component.
        "scikit-image tvl1": lambda a, b: optical_flow_tvl1(a, b)[::-1],
        "OpenCV Farneback": lambda a, b: flow_between(a, b, "farneback"),
        "OpenCV DIS": lambda a, b: flow_between(a, b, "dis"),
    }
    if hasattr(cv2, "optflow"):
        opencv = cv2.optflow.createOptFlow_DualTVL1()
        algorithms["OpenCV DualTVL1"] = lambda a, b: opencv.calc(a, b, None).transpose(2, 0, 1)
    for size in SIZES:
        pairs = [pair(size, peak) for peak in PEAKS]
        first, second, _ = pairs[1]
        least = side_by_side(
            {name: partial(find, first, second) for name, find in algorithms.items()}, 3
        )
        rows = [
            (
                name,
                least[name],
                least[name] / least["bench tvl1"],
                *(error(find(a, b), true) for a, b, true in pairs),
            )
            for name, find in algorithms.items()
        ]
        errors = [f"error at {peak} px" for peak in PEAKS]
        head = (f"{size[0]} x {size[1]}", "ms", "times bench", *errors)
        print(tabulate(rows, head, floatfmt=("", ".1f", ".1f", ".3f", ".3f", ".3f")), "\n")


if __name__ == "__main__":
    main()
