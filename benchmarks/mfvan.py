"""What makes MFVAN's training faster on the device at hand: precision, compiling, a kept teacher.

`python -m benchmarks.mfvan` prints the time of one step of joint training of the `study` preset,
in full and in mixed precision (on a GPU also compiled), then that of a fold with and without the
teacher of another seed to take over, then of whole folds of `study` and `quick` side by side.
Compiling is left out on a CPU: see `optimisation.compiled`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tabulate import tabulate

from bench.methods.mfvan import MFVAN
from bench.methods.mfvan.identity.autoencoders import Teacher
from bench.methods.mfvan.model import Network, images
from bench.methods.mfvan.optimisation import Descent, compiled, placed
from bench.methods.mfvan.training import Batch, look_and_reconstruct
from bench.plugins.context import Context
from bench.plugins.model import Training
from benchmarks.timing import side_by_side

CLIPS, EPOCHS = 64, 6
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
QUICK, STUDY = (replace(MFVAN(), **MFVAN.presets[name]) for name in ("quick", "study"))


def pixels(config: MFVAN, count: int) -> np.ndarray[Any, Any]:
    """Images (count, size, size, 3) of noise."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, config.size, config.size, 3), dtype=np.uint8)


def step(mixed: bool, fast: bool = False) -> Callable[[], None]:
    """One step of joint training."""
    network, teacher = Network(STUDY, 3).to(DEVICE), Teacher(STUDY).to(DEVICE)
    x = placed(images(pixels(STUDY, STUDY.batch_size), STUDY), DEVICE)
    batch = Batch(x, x.flip(0), torch.arange(STUDY.batch_size, device=DEVICE) % 3)
    descent = Descent(STUDY, [*network.parameters(), *teacher.parameters()], CLIPS, EPOCHS)
    learner, taught = network, teacher
    if fast:
        learner, taught = (compiled(part, DEVICE) for part in (network, teacher))  # type: ignore[assignment]

    def once() -> None:
        with torch.autocast(DEVICE, torch.bfloat16, enabled=mixed):
            terms = look_and_reconstruct(STUDY, learner, taught, batch, None).terms
        descent.step(torch.stack(list(terms.values())).sum())
        if DEVICE == "cuda":
            # A GPU works asynchronously: without waiting, only the launch would be timed.
            torch.cuda.synchronize()

    return once


def fold(config: MFVAN, artefacts: Path | None = None, seed: int = 0) -> float:
    """Processor time of a fold, ms."""
    clips = [
        {"onset": one[0], "apex": one[1], "frames": one}
        for one in np.split(pixels(config, CLIPS * 4), CLIPS)
    ]
    train = Training(clips, np.arange(CLIPS) % 3, np.arange(CLIPS) // 4, 3)
    context = Context(seed, train.subjects, device=DEVICE, artefacts=artefacts)
    begun = time.process_time()
    config.fit(train, context)
    return 1e3 * (time.process_time() - begun)


def folds() -> Sequence[Sequence[object]]:
    """Short folds, the second with the teacher of the first; then whole ones of both presets."""
    short = replace(STUDY, epochs=EPOCHS, identity_epochs=1)
    with tempfile.TemporaryDirectory() as folder:
        return [
            ["fold, its teacher made", fold(short, Path(folder))],
            ["fold of another seed, it is kept", fold(short, Path(folder), seed=1)],
            ["whole fold", fold(STUDY)],
            ["whole fold, preset quick", fold(QUICK)],
        ]


def main() -> None:
    torch.set_num_threads(1)
    sides = {"step, full precision": step(False), "step, mixed precision": step(True)}
    if DEVICE == "cuda":
        sides["step, mixed precision, compiled"] = step(True, fast=True)
    rows = [*map(list, side_by_side(sides, 20).items()), *folds()]
    print(tabulate(rows, [f"study, {DEVICE}, batch {STUDY.batch_size}", "ms"], floatfmt=".1f"))


if __name__ == "__main__":
    main()
