"""The ceiling of SYNTHETIC sets: the action units as the generator drew them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class ActionUnitOracle(Method):
    """A linear SVM on the true action units: no method that sees pixels should stand far above."""

    C: float = 1.0

    name: ClassVar[str] = "auoracle"
    needs: ClassVar[frozenset[str]] = frozenset({"true_action_units"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    facts: ClassVar[Facts] = Facts(
        title="true action units (ceiling)",
        paper="a reference of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """Peak displacement of each action unit, px."""
        from bench.views.catalog import source

        return source(clip, "true_action_units")

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on standardised features, classes balanced."""
        from bench.learning.svm import SVM

        svm = SVM("linear", self.C, balanced=True, scaling="standard")
        return svm.fit(train.clips, train.labels, train.classes)
