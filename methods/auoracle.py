"""The ceiling of SYNTHETIC sets: the action units as the generator drew them."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.svm_method import SVMMethod
from bench.plugins.fidelity import OURS


@dataclass(frozen=True)
class ActionUnitOracle(SVMMethod):
    """A linear SVM on the true action units: no method on pixels should score far above it."""

    name = "auoracle"

    C: Penalty = 1.0

    needs = frozenset({"true_action_units"})
    described_by = ()
    scaling = "standard"
    balanced = True
    sources = {
        "C": OURS,
    }
    facts = Facts.of_benchmark("true action units (ceiling)", reference=True)

    def describe(self, clip: Views) -> Array:
        """Peak displacement of each action unit, px."""
        from bench.views.catalog import provided

        return provided(clip, "true_action_units")
