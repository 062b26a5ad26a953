"""AU-GCN: facial graph representation fused with action units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import NOTED, OURS, Fidelity, reconstructed
from bench.views.frames import key_frames
from bench.views.landmarks import landmarks

SIDE = 112
SHAPE = (*range(17, 27), *range(48, 68))
"""Of 68 landmarks: ten of the brows, 20 of the lips."""

if TYPE_CHECKING:
    from torch import nn


def co_occurrence(units: Sequence[frozenset[int] | None], kept: Sequence[int]) -> Array:
    """How the action units of training clips go together, as a graph ready for convolution.

    Args:
        units: of each clip, None where the dataset annotates none.
        kept: numbers of the graph's action units, k of them.

    Returns:
        (k, k) float32: probability of i given j, with self-loops, scaled by degree on both sides.
        Without a single annotation: the identity.
    """
    there = np.array([[u in one for u in kept] for one in units if one is not None], dtype=float)
    there = there.reshape(-1, len(kept))
    # By column, as in the authors' adjacencies; a unit that never occurs has no clips to divide by.
    graph = there.T @ there / np.maximum(there.sum(0), 1)
    np.fill_diagonal(graph, 1)
    return scaled_by_degree(graph)


def scaled_by_degree(graph: Array) -> Array:
    """The symmetric normalisation of graph convolutions (Kipf, Welling 2017), float32.

    Of the transposed graph, as the authors' code multiplies it.
    """
    scale = 1 / np.sqrt(graph.sum(1))
    scaled: Array = (scale[:, None] * graph.T * scale).astype(np.float32)
    return scaled


@dataclass(frozen=True)
class AUGCN(NetworkMethod):
    """Transformers on patches at brows and lips, scored against a graph of action units.

    Attributes:
        chained: encoders follow one another; in the public code only the last one acts.
    """

    name = "augcn"

    chained: bool = True

    version = 3
    needs = frozenset({"key_frames", "landmarks"})
    takes = frozenset({"action_units"})
    described_by = ()
    presets = {"quick": {"epochs": 60, "learning_rate": 5e-4}}
    variants = {"unchained": {"chained": False}}
    seconds_per_clip = 1e-3
    sources = {
        "epochs": OURS,
        "learning_rate": NOTED,
        "batch_size": NOTED,
        "chained": f"{NOTED}; off in t_g_model_3and6.py:114 at 1ed1be2",
    }
    as_judged = frozenset({"unchained"})
    facts = Facts(
        title="AU-GCN",
        paper="Lei, Chen, Li, Li: Micro-expression recognition based on facial graph "
        "representation learning and facial action unit fusion, CVPR workshops",
        year=2021,
        url="https://doi.org/10.1109/CVPRW53098.2021.00173",
        fidelity=Fidelity(
            network=reconstructed(
                "encoders follow one another, after notes on the paper, whose text was not found "
                "again; the variant unchained differs by 4.8e-07 at most from raying777/FGRMER at "
                "1ed1be2, graphs of its 68 folds by 1.8e-07"
            ),
            preprocessing=reconstructed("apex minus onset stands for learned motion magnification"),
            recipe=reconstructed(
                "dropouts are those of the public code, which trains nothing; "
                "epochs are our reading"
            ),
        ),
        deviations=(
            "Landmarks are the clip's where it has some, else a mean face's.",
            "Patches come from apex minus onset, not from learned motion magnification.",
            "The graph is counted on the training subjects of the fold alone; without annotated "
            "action units it is the identity.",
            "Encoders follow one another; `unchained` reproduces the public code, where only the "
            "last one acts.",
            "Epochs are our reading; the quick preset is ours: 60 epochs at a rate of 5e-4.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """7 x 7 patches of apex minus onset at 30 landmarks, float32 (30, 7, 7) in -1 .. 1."""
        onset, apex = key_frames(clip, (SIDE, SIDE)).astype(np.float32)
        change = (apex - onset) / 255
        points = landmarks(clip)[list(SHAPE)]
        # Patches that would cross the border are shifted inside the image.
        corners = np.clip(np.rint(points * SIDE).astype(int) - 3, 0, SIDE - 7)
        return np.stack([change[y : y + 7, x : x + 7] for x, y in corners])

    def network(self, train: Training) -> nn.Module:
        """Encoders and a graph counted on the training clips."""
        import torch

        from .net import UNITS, AUGCNetwork

        graph = torch.from_numpy(co_occurrence(train.action_units, UNITS))
        return AUGCNetwork(train.classes, graph, self.chained)
