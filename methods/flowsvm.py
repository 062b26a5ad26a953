"""The floor every learned method has to beat: optical flow and a linear SVM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import Array, Context, Facts, Method, Model, Training, Views
from bench.plugins.fidelity import OURS
from bench.plugins.state import State

READY_MADE = (3, 28, 28)


@dataclass(frozen=True)
class FlowSVM(Method):
    """Onset-to-apex flow, raw or pooled, and a linear SVM with balanced classes.

    Attributes:
        C: on the ready-made flow image, whose pixels are divided by 255.
        grid: cells (down, right) that TV-L1 flow is averaged in, where there are frames.
        C_pooled: on that flow, standardised.
        size: (height, width) of the frames.
    """

    name = "flowsvm"

    # On the published flow images this scores a known UF1, .7112, which a test checks.
    C: float = 0.01
    grid: tuple[int, int] = (8, 8)
    C_pooled: float = 1.0
    size: tuple[int, int] = (170, 140)

    needs = frozenset({"flow_image"})
    takes = frozenset({"optical_flow"})
    described_by = ("grid", "size")
    # No reference row: it sees the motion that methods compete on, so it is ranked with them.
    sources = {
        "C": OURS,
        "grid": OURS,
        "C_pooled": OURS,
        "size": OURS,
    }
    facts = Facts.of_benchmark(
        "flow + SVM",
        "Where a dataset ships flow images instead of frames, their raw pixels are taken.",
        reference=False,
    )

    def describe(self, clip: Views) -> Array:
        """The shipped flow image in 0..1, (3, 28, 28), or pooled flow in px, (2, *grid)."""
        from bench.views.flow.optical import flow_image, optical_flow
        from bench.views.frames import resized

        if "flow_image" in clip.sources:
            return flow_image(clip) / np.float32(255)
        return resized(optical_flow(clip, size=self.size), self.grid)

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM, classes balanced."""
        from bench.learning.svm import SVM

        # The shipped image lost its scale and is used as it is; pooled flow in px is standardised.
        if np.asarray(train.clips[0]).shape == READY_MADE:
            svm = SVM("linear", self.C, balanced=True)
        else:
            svm = SVM("linear", self.C_pooled, balanced=True, scaling="standard")
        return svm.fit(train.clips, train.labels, train.classes)

    def restore(self, state: State, outline: Training) -> Model:
        """The SVM."""
        from bench.learning.svm import SVMModel

        return SVMModel.from_state(state)
