"""Sparse MDMO: frames' main directions, coded sparsely on a learned dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bench.core.types import Array, Description
from bench.learning.svm import SVM, Penalty
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views

from .coding import Graphed, Problem, dictionary


@dataclass(frozen=True)
class SparseMDMO(Method):
    """Graph-regularised sparse codes of every frame's MDMO vector, pooled, and an SVM.

    Attributes:
        atoms: of the dictionary.
        weight: lambda, of magnitudes against angles.
        pooling: omega, of the largest code against the mean one.
        sparsity: beta, penalty of the codes' absolute values.
        smoothness: alpha, penalty of differences along the graph.
        neighbours: of each frame among those of its clip.
        rounds: of the dictionary.
        sweeps: over the codes a round.
        length: frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) of the frames.
        C: of the SVM; "inner" has training subjects choose it.
    """

    atoms: int = 128
    weight: float = 0.91
    pooling: float = 0.5
    sparsity: float = 0.1
    smoothness: float = 0.1
    neighbours: int = 3
    rounds: int = 15
    sweeps: int = 5
    length: int = 15
    size: tuple[int, int] = (170, 140)
    C: Penalty = 10.0

    name: ClassVar[str] = "smdmo"
    needs: ClassVar[frozenset[str]] = frozenset({"main_flow"})
    described_by: ClassVar[tuple[str, ...] | None] = ("weight", "length", "size")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"atoms": 32, "rounds": 5, "length": 8}
    }
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "smic": {"weight": 0.80},
        "inner": {"C": "inner"},
    }
    facts: ClassVar[Facts] = Facts(
        title="Sparse MDMO",
        paper="Liu, Li, Lai: Sparse MDMO: learning a discriminative feature for micro-expression "
        "recognition, IEEE Transactions on Affective Computing",
        year=2018,
        url="https://doi.org/10.1109/TAFFC.2018.2854166",
        fidelity="reconstructed",
        deviations=(
            "The dictionary is learned from training subjects alone; the paper's had seen the "
            "held-out subject's clips.",
            "Codes minimise |X - DS|² + α tr(SLSᵀ) + β|S|₁ by coordinate descent; the graph joins "
            "each frame with its nearest ones of the same clip, so that clips are coded apart.",
            "α, β, ω, 128 atoms, 15 interpolated frames and the linear SVM with C = 10 are our "
            "reading.",
            "The 36 regions are cells around the points of a mean face on the aligned crop, and "
            "the flow is TV-L1 on structure-texture decomposed faces of 170 x 140, as for MDMO.",
            "Not confirmed: the DOI; title, authors, journal and year were (orca.cf.ac.uk/112895).",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """MDMO vectors frame by frame: (n - 1, 72) float32."""
        from bench.views.flow.regions import main_flow

        return polar(main_flow(clip, self.length, self.size), self.weight)

    def fit(self, train: Training, context: Context) -> Model:
        """Learn the dictionary, then a linear SVM on pooled codes."""
        problem = Problem(self.sparsity, self.smoothness)
        clips = [np.asarray(clip) for clip in train.clips]
        graphed = [Graphed.of(clip, self.neighbours) for clip in clips]
        learned, _ = dictionary(
            *(problem, graphed, self.atoms, self.rounds, self.sweeps, context.rng()),
            context.check_deadline,
        )
        sweeps = self.rounds * self.sweeps
        coder = Coder(problem, learned, self.neighbours, sweeps, self.pooling)
        rows = coder(clips)
        svm = SVM("linear", self.C, scaling="centre").fit(
            rows, train.labels, train.classes, context
        )
        return Coded(svm, coder)


def polar(vectors: Array, weight: float) -> Array:
    """Weighted polar coordinates of the regions' vectors (n, 36, 2): (n, 72) float32.

    Magnitudes are divided by the largest of the frame (a still one stays nought) and multiplied by
    `weight`; angles, -π..π, are multiplied by 1 - weight.
    """
    x, y = vectors[..., 0].astype(np.float64), vectors[..., 1].astype(np.float64)
    lengths = np.hypot(x, y)
    largest = lengths.max(axis=-1, keepdims=True)
    lengths = lengths / np.where(largest > 0, largest, 1)
    parts = [weight * lengths, (1 - weight) * np.arctan2(y, x)]
    return np.concatenate(parts, axis=-1).astype(np.float32)


@dataclass(frozen=True)
class Coder:
    """Pooled codes of clips on a learned dictionary.

    Attributes:
        problem: what the codes minimise.
        atoms: (72, atoms), the dictionary.
        neighbours: of each frame in the graph of its clip.
        sweeps: over a clip's codes, at most.
        pooling: share of the largest code, the rest being the mean one's.
    """

    problem: Problem
    atoms: Array
    neighbours: int
    sweeps: int
    pooling: float

    def __call__(self, clips: Sequence[Array]) -> list[Array]:
        """One row (atoms,) a clip: ω max |s| + (1 - ω) mean |s| over its frames."""
        rows = []
        for clip in clips:
            graphed = Graphed.of(clip, self.neighbours)
            codes = np.abs(self.problem.codes(self.atoms, [graphed], self.sweeps))
            rows.append(self.pooling * codes.max(1) + (1 - self.pooling) * codes.mean(1))
        return rows


@dataclass(frozen=True)
class Coded(Model):
    """A model of pooled codes."""

    model: Model
    coder: Coder

    def predict(self, clips: Sequence[Description]) -> Array:
        """Scores of the clips' frames."""
        return self.model.predict(self.coder([np.asarray(clip) for clip in clips]))
