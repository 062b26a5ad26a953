"""What reading clips costs: `python -m benchmarks.reading [FOLDER]`.

The stand-ins of preset 3db (in FOLDER, or made in the cache on first use): the 442 clips of the
composite decoded, and decoded and cropped, beside a bare loop of `cv2.imread`, in two processes
each; and before that the memory that describing takes for 3,000 clips.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

from benchmarks.timing import one_thread

one_thread()

import cv2  # noqa: E402
import numpy as np  # noqa: E402
from tabulate import tabulate  # noqa: E402

from bench.cache.cache import Cache  # noqa: E402
from bench.core.clip import Clip  # noqa: E402
from bench.core.machine import default_folder  # noqa: E402
from bench.data.reading import read_frames  # noqa: E402
from bench.plugins.registry import load  # noqa: E402
from bench.plugins.settings import located, stand_ins  # noqa: E402
from bench.views.landmarks import aligned  # noqa: E402

SIZE = (170, 140)
EYES = np.array([[39.0, 58.0], [101.0, 60.0]])
MANY, ROUNDS = 3000, 2


def bare(clip: Clip) -> None:
    for name in clip.files:
        cv2.imread(str(clip.folder / name))


def cropped(clip: Clip) -> None:
    aligned(read_frames(clip), EYES, SIZE)


WAYS: dict[str, Callable[[Clip], object]] = {
    "cv2.imread alone": bare,
    "decoded": read_frames,
    "decoded and cropped": cropped,
}


def share(way: str, clips: Sequence[Clip]) -> float:
    """Processor time of one process."""
    # OpenCV has threads of its own, which the variables of `one_thread` do not limit.
    cv2.setNumThreads(1)
    begun = time.process_time()
    for clip in clips:
        WAYS[way](clip)
    return time.process_time() - begun


def decoding(clips: Sequence[Clip]) -> None:
    """Print seconds of the processor and of the clock for each way, the least of several rounds."""
    wall = dict.fromkeys(WAYS, float("inf"))
    busy = dict.fromkeys(WAYS, float("inf"))
    with get_context("spawn").Pool(2) as pool:
        # Untimed, so that the worker processes have started and loaded their libraries.
        pool.starmap(share, [(way, clips[:20]) for way in WAYS] * 2)
        for _ in range(ROUNDS):
            for way in WAYS:
                begun = time.perf_counter()
                spent = pool.starmap(share, [(way, clips[::2]), (way, clips[1::2])])
                wall[way] = min(wall[way], time.perf_counter() - begun)
                busy[way] = min(busy[way], sum(spent))
    first = busy["cv2.imread alone"]
    rows = [(way, busy[way], busy[way] / first, wall[way], wall[way] / first) for way in WAYS]
    frames = sum(len(clip.files) for clip in clips)
    print(f"SYNTHETIC: {len(clips)} clips, {frames} frames, two processes")
    head = ("", "CPU s", "times imread", "clock s", "clock, times imread in one process")
    print(tabulate(rows, head, floatfmt=".2f"))


TOY = """
import resource
from dataclasses import dataclass
import numpy as np
from bench import Clip, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.data.reading import numbered_frames, read_clip, subfolders
from bench.views.frames import key_frames

class Many(Dataset):
    name = "many"
    facts = DatasetFacts("Many", "", 2026, "", "", "")
    labellings = {"2": Labelling(("a", "b"), {"a": "a", "b": "b"})}

    def index(self):
        return Index(tuple(
            Clip("many", person.name, clip.name, "ab"[i % 2], clip,
                 tuple(name for _, name in numbered_frames(clip)), 3, "given")
            for person in subfolders(self.root) for i, clip in enumerate(subfolders(person))))

    def read(self, clip):
        return read_clip(self, clip)

class Guess(Model):
    def predict(self, clips):
        return np.ones((len(clips), 2))

@dataclass(frozen=True)
class Peak(Method):
    name = "peak"
    needs = frozenset({"key_frames"})
    facts = Facts("Peak", "", 2026, "", "code")
    def describe(self, clip):
        key_frames(clip)
        return np.array([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])
    def fit(self, train, context):
        return Guess()
"""


def memory() -> None:
    """Print the most memory that a worker, and the run itself, take for many small clips."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "many.py").write_text(TOY)
        (folder / "bench.toml").write_text('plugins = ["many.py"]\n[roots]\nmany = "data"\n')
        rng = np.random.default_rng(0)
        for number in range(MANY):
            clip = folder / f"data/p{number % 30:02d}/c{number:04d}"
            clip.mkdir(parents=True)
            for frame in range(8):
                noise = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
                cv2.imwrite(str(clip / f"{frame}.jpg"), noise)
        words = ("run", "-m", "peak", "-d", "many", "--jobs", "2", "--limit-folds", "2")
        env = {
            **os.environ,
            "BENCH_TRUST": "1",
            "BENCH_CACHE": str(folder / "cache"),
            "PYTHONPATH": str(Path.cwd()),
        }
        command = [sys.executable, "-m", "bench", *words]
        begun = time.perf_counter()
        subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
        seconds = time.perf_counter() - begun
        cache = Cache(folder / "cache")
        found = (
            cache.array("descriptions", p.stem)
            for p in (cache.folder / "descriptions").rglob("*.npz")
        )
        # Linux counts the peak in kilobytes.
        worker = max(int(array[0]) for array in found if array is not None) / 1024
        parent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"{MANY} clips decoded and described by two workers, and two folds without a learner, "
            f"in {seconds:.0f} s: {worker:.0f} MB in a worker at most, "
            f"{parent:.0f} MB in the parent"
        )


def main(words: Sequence[str]) -> None:
    memory()  # first: it asks for the largest child process so far
    registry = load([])
    if words:
        roots = {name: Path(words[0]) / name for name in ("smic", "casme2", "samm")}
    else:
        roots = stand_ins(registry, Cache(default_folder()), 2, lambda done, total: None, "3db")
    decoding(located(registry, roots)["3db"].index().clips)


if __name__ == "__main__":
    main(sys.argv[1:])
