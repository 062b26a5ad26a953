"""How exact optical flow is on the SYNTHETIC stand-ins, and what rendering them costs.

`python -m benchmarks.synthetic [preset]` prints the end-point error in px, inside the mask where
flow may be scored, of each algorithm and of no flow at all.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator

import cv2
import numpy as np
from tabulate import tabulate

from bench.core.types import Array
from bench.datasets.synthetic.identity import STYLES
from bench.datasets.synthetic.knobs import Preset, find_preset
from bench.datasets.synthetic.plan import by_subject, make_plan, stream
from bench.datasets.synthetic.render import Truth, render
from bench.datasets.synthetic.subject import meet
from bench.views.flow.optical import Algorithm, flow_between
from bench.views.frames import gray

PEOPLE = 12
"""Enough to be steady to two digits, few enough to take seconds."""
ALGORITHMS: tuple[Algorithm, ...] = ("farneback", "dis", "tvl1")


def rendered(preset: Preset, seed: int = 0) -> Iterator[tuple[Array, Truth, float]]:
    """Onset and apex in grey, the truth, and the processor time of each clip of a dozen people."""
    groups = by_subject(make_plan(preset, preset.knobs, seed))
    for group in groups[:: max(1, len(groups) // PEOPLE)]:
        begun = time.process_time()
        database, number = group[0].database, group[0].subject
        person = meet(stream(seed, database, "face", number), STYLES[database])
        for clip in group:
            frames, truth = render(person, clip, preset.knobs, seed)
            yield gray(frames[[0, clip.apex]]), truth, time.process_time() - begun
            # From here again: what the caller did with the clip is not rendering.
            begun = time.process_time()


def main(name: str) -> None:
    # OpenCV has threads of its own; times are those of a single one.
    cv2.setNumThreads(1)
    errors = defaultdict(list)
    peaks, seconds = [], []
    for (onset, apex), truth, cost in rendered(find_preset(name)):
        flows = {a: flow_between(onset, apex, a) for a in ALGORITHMS}
        for algorithm, flow in {"none": np.zeros_like(truth.flow), **flows}.items():
            distance = np.hypot(*(flow - truth.flow))
            errors[algorithm].append(distance[truth.valid].mean())
        peaks.append(np.hypot(*truth.au_flow).max())
        seconds.append(cost)
    rows = [(algorithm, np.mean(all_), np.median(all_)) for algorithm, all_ in errors.items()]
    print(f"SYNTHETIC, preset {name}: {len(peaks)} clips, median peak {np.median(peaks):.2f} px")
    print(tabulate(rows, ("flow", "mean error, px", "median error, px"), floatfmt=".3f"))
    print(f"{np.mean(seconds):.3f} s of processor time a clip, without writing")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "3db")
