"""What each view costs, a second process, and many clips: `python -m benchmarks.views`.

Three tables: every view of a SYNTHETIC clip of 40 frames of 170 x 140 at its defaults, from frames,
nothing cached; what views are made of, beside the plain way or a library; and what compiled code
costs a second process: processor time of one thread. Then the memory of a worker that describes 50
clips, and 500.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks.timing import one_thread, side_by_side

one_thread()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from scipy.ndimage import gaussian_filter, shift  # noqa: E402
from skimage.registration import optical_flow_ilk  # noqa: E402
from tabulate import tabulate  # noqa: E402

import bench.views  # noqa: E402
from bench.core.types import Array  # noqa: E402
from bench.views import dynamic, lowrank, tim  # noqa: E402
from bench.views.clip_views import Views  # noqa: E402
from bench.views.flow import optical as flow  # noqa: E402
from bench.views.flow import regions  # noqa: E402
from bench.views.landmarks import TEMPLATE  # noqa: E402
from bench.views.lbp import planes, sixpoints  # noqa: E402
from bench.views.lbp.patterns import Pattern, block_histograms  # noqa: E402

FRAMES, SIZE, GRID = 40, (170, 140), (5, 5)

Work = Callable[[], Array]
Pair = tuple[str, Work, Work, float | None]

KERNELS = """
import time
import numpy as np
from bench.learning.additive import MEMOS, chi2_of_blocks
from bench.views.flow import tvl1
from bench.views.lbp.patterns import block_histograms, orthogonal_planes
from bench.methods.smdmo.kernel import descend
noise = np.random.default_rng(0)
volume = noise.integers(0, 256, (9, 32, 32)).astype(np.uint8)
tvl1.flow(volume[0], volume[1])
block_histograms(volume, orthogonal_planes(8, (1, 1, 1)), (2, 2), "u2")
rows = noise.random((4, 2, 9))
chi2_of_blocks(rows, rows)
MEMOS["chi2"].gram(rows[:, 0].copy(), rows[:, 1].copy())
MEMOS["intersection"].gram(rows[:, 0].copy(), rows[:, 1].copy())
codes = np.zeros((9, 9))
descend(rows[0].T @ rows[0], codes + 1, np.eye(9), 0.1, 0.1, codes, 2)
print(time.process_time())
"""

MANY = """
import resource
import numpy as np
from bench import Clip, Dataset, DatasetFacts, Index, Labelling

class Many(Dataset):
    name = "many"
    facts = DatasetFacts("Many", "", 2026, "", "", "")
    labellings = {"2": Labelling(("a", "b"), {"a": "a", "b": "b"})}
    ships = frozenset({"frames"})

    def index(self):
        files = sorted(self.root.glob("*/*"))
        return Index(tuple(
            Clip("many", f.parent.name, f.name, "ab"[i % 2], f.parent, (f.name,))
            for i, f in enumerate(files)))

    def read(self, clip):
        with (self.root.parent / "peaks").open("a") as file:
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=file)
        seed = int((clip.folder / clip.files[0]).read_text())
        frames = np.random.default_rng(seed).integers(0, 256, (40, 170, 140), dtype=np.uint8)
        return {"frames": frames}
"""


def synthetic() -> Array:
    """A grey texture with noise that drifts to the right and back: (40, 170, 140) uint8."""
    rng = np.random.default_rng(0)
    still = gaussian_filter(rng.normal(size=SIZE), 2)
    still = 30 + 190 * (still - still.min()) / np.ptp(still)
    steps = 2 * np.sin(np.pi * np.arange(FRAMES) / FRAMES)
    moved = [shift(still, (0, step), order=1, mode="nearest") for step in steps]
    return np.clip(np.rint(moved + rng.normal(0, 1, (FRAMES, *SIZE))), 0, 255).astype(np.uint8)


def every_view() -> Iterator[tuple[str, Callable[[Views], Array]]]:
    """The catalogue's functions by name."""
    for found in pkgutil.iter_modules(bench.views.__path__):
        module = importlib.import_module(f"bench.views.{found.name}")
        for name, function in vars(module).items():
            own = getattr(function, "__module__", "") == module.__name__
            if own and name in bench.views.CATALOG and hasattr(function, "__wrapped__"):
                yield name, function


def interpolated_by_singular_vectors(frames: Array, length: int) -> Array:
    """Temporal interpolation as its authors do it."""
    n = len(frames)
    rows = frames.reshape(n, -1).astype(np.float64)
    mean = rows.mean(0)
    u, s, vt = np.linalg.svd((rows - mean).T, full_matrices=False)
    k = np.arange(1, n)[:, None]
    at_frames = np.cos(np.pi * k * (np.arange(n) + 0.5) / n)
    at_moments = np.cos(np.pi * k * (np.linspace(0, n - 1, length) + 0.5) / n)
    to_frames = (s[:, None] * vt)[: n - 1] @ np.linalg.pinv(at_frames)
    values = mean[:, None] + u[:, : n - 1] @ to_frames @ at_moments
    levels: Array = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return levels.T.reshape(length, *frames.shape[1:])


def ranked_by_pairs(frames: Array) -> Array:
    """Rank pooling as it is defined: every frame less every earlier one."""
    total = np.zeros(frames.shape[1:])
    for earlier, later in itertools.combinations(frames.astype(np.float64), 2):
        total += later - earlier
    return total


def shrunk_by_svd(matrix: Array, by: float) -> Array:
    """Singular values lowered, by a singular value decomposition."""
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    shrunk: Array = (u * np.maximum(s - by, 0)) @ vt
    return shrunk


def robust_pca_by_svd(data: Array) -> tuple[Array, Array]:
    """The same iterations with whole decompositions."""
    with patch.object(lowrank, "_shrunk_singular_values", shrunk_by_svd):
        return lowrank.robust_pca(data)


def histograms_by_shifts(volume: Array, pattern: Pattern) -> Array:
    """Codes of whole neighbours in numpy, one shifted volume a neighbour, then a bincount a block.

    One row, plane by plane, block by block.
    """
    rt, ry, rx = pattern.margin
    t, h, w = volume.shape
    out = []
    for ring in pattern.planes:
        codes = np.zeros(volume.shape, np.int64)
        inner = (slice(rt, t - rt), slice(ry, h - ry), slice(rx, w - rx))
        for bit, point in enumerate(ring):
            dt, dy, dx = map(int, point)
            there = np.roll(volume, (-dt, -dy, -dx), (0, 1, 2))
            codes[inner] |= (there[inner] >= volume[inner]).astype(np.int64) << bit
        for i, j in itertools.product(range(GRID[0]), range(GRID[1])):
            rows = slice(i * h // GRID[0] + ry, (i + 1) * h // GRID[0] - ry)
            columns = slice(j * w // GRID[1] + rx, (j + 1) * w // GRID[1] - rx)
            block = codes[rt : t - rt, rows, columns].ravel()
            out.append(np.bincount(block, minlength=2 ** len(ring)) / block.size)
    return np.concatenate(out)


def main_direction_by_masks(field: Array, parts: Array) -> Array:
    """Main direction region by region, bin by bin."""
    angle = np.arctan2(field[1], field[0]).astype(np.float64)
    bins = np.floor(angle / (2 * np.pi) * 8 + 0.5).astype(int) % 8
    found = []
    for part in parts:
        masks = [part & (bins == k) for k in range(8)]
        fullest = max(masks, key=np.count_nonzero)
        found.append(field[:, fullest].mean(1) if fullest.any() else np.zeros(2))
    return np.array(found)


def pairs(frames: Array) -> list[Pair]:
    """What is done and beside what, both ways, and by how much they may differ (None: at will)."""
    onset, apex = frames[0], frames[FRAMES // 2]
    flat = frames[:20].reshape(20, -1).T.astype(np.float64)
    cube = Pattern((planes.five_plane_pattern((1, 1, 5)).planes[3],))
    six = sixpoints.six_point_pattern((1, 1, 2))
    field = flow.flow_between(onset, apex)
    parts = regions.region_masks(SIZE, np.array(TEMPLATE))
    shifted = partial(histograms_by_shifts, frames)

    def ours(pattern: Pattern) -> Array:
        made = block_histograms(frames, pattern, GRID)
        return np.concatenate([plane.reshape(-1) for plane in made])

    return [
        (
            "temporal interpolation to 10 | singular vectors",
            lambda: tim.interpolated(frames, 10).astype(float),
            lambda: interpolated_by_singular_vectors(frames, 10).astype(float),
            1,
        ),
        (
            "rank pooling | pair by pair",
            lambda: dynamic.rank_pooled(frames),
            lambda: ranked_by_pairs(frames),
            1e-6,
        ),
        (
            "robust PCA of 20 frames | whole SVDs",
            lambda: lowrank.robust_pca(flat)[1],
            lambda: robust_pca_by_svd(flat)[1],
            0.1,
        ),
        ("six intersection points | numpy shifts", partial(ours, six), partial(shifted, six), 1e-6),
        ("cube's vertices | numpy shifts", partial(ours, cube), partial(shifted, cube), 1e-6),
        (
            "main direction of 36 regions | mask by mask",
            lambda: regions.main_direction(field, parts),
            lambda: main_direction_by_masks(field, parts),
            1e-4,
        ),
        (
            "Farneback flow | scikit-image iLK",
            lambda: flow.flow_between(onset, apex, "farneback"),
            lambda: optical_flow_ilk(onset, apex)[::-1],
            None,
        ),
        (
            "DIS flow | scikit-image iLK",
            lambda: flow.flow_between(onset, apex, "dis"),
            lambda: optical_flow_ilk(onset, apex)[::-1],
            None,
        ),
    ]


def start_ups() -> list[tuple[str, float, str]]:
    """Processor time of a process that calls each kernel once, Python's own start included."""
    with tempfile.TemporaryDirectory() as folder:
        # An empty cache, or the first process would find the kernels compiled.
        env = {**os.environ, "NUMBA_CACHE_DIR": folder}

        def once() -> float:
            out = subprocess.check_output([sys.executable, "-c", KERNELS], env=env, text=True)
            return float(out)

        first = once()
        return [
            ("first process, compiling every kernel", first, ""),
            ("second process, kernels from the cache", min(once() for _ in range(5)), "1 s"),
        ]


def peaks(clips: int) -> tuple[float, float, float]:
    """MB that a worker had needed at most before the 21st clip, and before its last; seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "many.py").write_text(MANY)
        (folder / "bench.toml").write_text('plugins = ["many.py"]\n[roots]\nmany = "data"\n')
        for clip in range(clips):
            person = folder / "data" / f"p{clip % 5}"
            person.mkdir(parents=True, exist_ok=True)
            (person / f"c{clip:03d}").write_text(str(clip))
        words = ("run", "-m", "lbptop", "-d", "many", "--jobs", "1", "--limit-folds", "1")
        env = {
            **os.environ,
            "BENCH_TRUST": "1",
            "BENCH_CACHE": str(folder / "cache"),
            "PYTHONPATH": str(Path.cwd()),
        }
        begun = time.perf_counter()
        command = [sys.executable, "-m", "bench", *words]
        subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
        took = time.perf_counter() - begun
        found = [json.loads(line) / 1024 for line in (folder / "peaks").read_text().splitlines()]
        return found[20], found[-1], took


def main() -> None:
    # OpenCV has threads of its own, which the variables of `one_thread` do not limit.
    cv2.setNumThreads(1)
    frames = synthetic()
    clip = Views({"frames": frames}, FRAMES // 2)
    least = side_by_side({name: partial(view, clip) for name, view in every_view()}, 1)
    print(tabulate(sorted(least.items()), (f"view of {FRAMES} frames", "ms"), floatfmt=".1f"), "\n")
    rows = []
    for name, ours, theirs, tolerance in pairs(frames):
        if tolerance is not None:
            # A faster way counts only if it computes the same.
            np.testing.assert_allclose(ours(), theirs(), rtol=0, atol=tolerance)
        what, other = name.split(" | ")
        took = side_by_side({"ours": ours, "theirs": theirs}, 3)
        rows.append((what, took["ours"], other, took["theirs"], took["theirs"] / took["ours"]))
    head = ("what", "ms", "beside", "ms", "times faster")
    print(tabulate(rows, head, floatfmt=".1f"), "\n")
    print(tabulate(start_ups(), ("compiled code", "seconds", "to stay under"), floatfmt=".2f"))
    print()
    memory = [(clips, clips * frames.nbytes / 2**20, *peaks(clips)) for clips in (50, 500)]
    head = ("clips described", "MB of frames", "worker's peak after 20", "at the end", "seconds")
    print(tabulate(memory, head, floatfmt=".0f"))


if __name__ == "__main__":
    main()
