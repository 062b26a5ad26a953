"""MDMO: the main direction of the mean optical flow of 36 regions."""

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


@dataclass(frozen=True)
class MDMO(Method):
    """Each region's main direction of flow, averaged over the clip, and a polynomial SVM.

    Attributes:
        weight: lambda, of magnitudes against angles.
        length: frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) of the frames.
        degree: of the polynomial kernel (a·b / 72 + 1)^degree.
        C: of the SVM; "inner" has training subjects choose it.
    """

    weight: float = 0.91
    length: int = 0
    size: tuple[int, int] = (170, 140)
    degree: int = 3
    C: Penalty = 1e3

    name: ClassVar[str] = "mdmo"
    needs: ClassVar[frozenset[str]] = frozenset({"main_flow"})
    described_by: ClassVar[tuple[str, ...] | None] = ("length", "size")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"quick": {"length": 10}}
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "smic": {"weight": 0.80},
        "inner": {"C": "inner"},
    }
    facts: ClassVar[Facts] = Facts(
        title="MDMO",
        paper="Liu, Zhang, Yan, Wang, Zhao, Fu: A main directional mean optical flow feature for "
        "spontaneous micro-expression recognition, IEEE Transactions on Affective Computing",
        year=2016,
        url="https://doi.org/10.1109/TAFFC.2015.2485205",
        fidelity="reconstructed",
        deviations=(
            "The 36 regions are cells around points of the aligned crop: a mean face's, carried to "
            "the clip's landmarks where it has some. No affine transform follows the head.",
            "The flow is our TV-L1 on structure-texture decomposed faces of 170 x 140.",
            "The weight of magnitudes is .91 on every dataset; the variant smic has the .80 that "
            "the paper chose for SMIC by the score it reports.",
            "C = 1000 and the kernel's degree 3 and offset 1 are our reading.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Mean over the frames of each region's main direction: (36, 2) float32, u and v, px."""
        from bench.views.flow.regions import main_flow

        vectors = main_flow(clip, self.length, self.size)
        mean: Array = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        return mean

    def fit(self, train: Training, context: Context) -> Model:
        """Polynomial SVM on weighted polar coordinates."""
        context.check_deadline()
        svm = SVM("polynomial", self.C, gamma=1 / 72, degree=self.degree, offset=1)
        rows = [polar(np.asarray(clip), self.weight) for clip in train.clips]
        return Polar(svm.fit(rows, train.labels, train.classes, context), self.weight)


def polar(vectors: Array, weight: float) -> Array:
    """Weighted polar coordinates of the regions' vectors (..., 36, 2): (..., 72).

    Magnitudes are divided by the largest of the face (a still face stays nought) and multiplied by
    `weight`; angles, -π..π, are multiplied by 1 - weight.
    """
    x, y = vectors[..., 0].astype(np.float64), vectors[..., 1].astype(np.float64)
    lengths = np.hypot(x, y)
    largest = lengths.max(axis=-1, keepdims=True)
    lengths = lengths / np.where(largest > 0, largest, 1)
    return np.concatenate([weight * lengths, (1 - weight) * np.arctan2(y, x)], axis=-1)


@dataclass(frozen=True)
class Polar(Model):
    """A model of `polar` coordinates."""

    model: Model
    weight: float

    def predict(self, clips: Sequence[Description]) -> Array:
        """Scores of the clips' mean vectors."""
        return self.model.predict([polar(np.asarray(clip), self.weight) for clip in clips])
