"""SYNTHETIC stand-ins of SMIC-HS, CASME II and SAMM: drawn faces whose motion is known exactly.

They show whether a pipeline runs, leaks or beats its controls, how exact its flow is and where
its attention lands. They do not show how a method ranks on the real databases: their difficulty
was set, by knobs, to the levels of the literature.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from bench.core.dataset import Generator

from .build import GENERATOR, make
from .knobs import PRESETS, Knobs, find_preset, turned
from .truth import read_truth

__all__ = ["PRESETS", "Knobs", "Synthetic", "make", "read_truth"]


class Synthetic(Generator):
    """Stand-ins of the three databases of MEGC 2019, in their owners' cropped layouts."""

    name = "synthetic"
    version = GENERATOR
    presets = {
        "tiny": "about 120 clips of 24 people, strong motion: quick start and tests",
        "3db": "442 clips of 68 people plus the other classes, as hard as in the literature",
        "apex": "like 3db, with stronger motion and furrows, for methods that see only the apex",
    }
    first = "tiny"

    def make(
        self,
        folder: Path,
        preset: str,
        seed: int,
        jobs: int,
        progress: Callable[[int, int], None],
        knobs: Mapping[str, float] | None = None,
    ) -> Mapping[str, Path]:
        """See `bench.datasets.synthetic.build.make`."""
        chosen = turned(find_preset(preset).knobs, knobs or {})
        return make(folder, preset, seed, jobs, knobs=chosen, progress=progress)
