"""LBP-SDG: local binary patterns with histograms of the gradient in a single direction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench import Array, Context, Description, Facts, Training, Views
from bench.learning.choices import Penalty
from bench.learning.pattern_method import PatternMethod
from bench.learning.svm_method import INNER
from bench.plugins.fidelity import MEGC2019, OURS, Fidelity, reconstructed


@dataclass(frozen=True)
class LBPSDG(PatternMethod):
    """LBP-TOP, and gradients along the one direction of 18 that inner folds prefer; linear SVM.

    Attributes:
        reach: grey levels on either side of 0 that the gradient's bins cover.
        magnify: factor of Eulerian motion magnification; 0 is none.
        bins: numbers of bins to choose from; each divides 16.
        folds: inner folds over the training subjects that choose direction and bins.
        C: penalty of the SVM; "inner" chooses it by inner folds over the training subjects, after
            direction and bins, which are then chosen with 10.
    """

    name = "lbpsdg"

    reach: int = 16
    magnify: float = 0.0
    bins: tuple[int, ...] = (4, 8, 16)
    folds: int = 5
    C: Penalty = 10.0

    needs = frozenset({"lbp_top", "single_direction_gradients"})
    described_by = ("num_frames", "size", "grid", "radii", "reach", "magnify")
    scaling = "centre"
    presets = {"quick": {"bins": (8,), "folds": 2}}
    variants = {"magnified": {"magnify": 26.0}, **INNER}
    sources = {
        "C": OURS,
        "num_frames": MEGC2019,
        "size": OURS,
        "grid": MEGC2019,
        "radii": MEGC2019,
        "reach": OURS,
        "magnify": "our choice: off; the abstract magnifies, as the variant magnified does",
        "bins": "the abstract of arXiv 2102.08068",
        "folds": OURS,
    }
    facts = Facts(
        title="LBP-SDG",
        paper="Wei, Lu, Yan: A comparative study on movement feature in different directions for "
        "micro-expression recognition, Neurocomputing",
        year=2021,
        url="https://arxiv.org/abs/2102.08068",
        fidelity=Fidelity(
            network=reconstructed("our feature after the abstract of arXiv 2102.08068"),
            preprocessing=reconstructed("magnified in the variant alone; the paper magnifies"),
            recipe=reconstructed("direction and bins chosen in inner folds"),
        ),
        deviations=(
            "Written from the abstract: the 18 directions are the neighbours in a cube of 3 px "
            "that lie in another frame, and the gradient is neighbour minus centre.",
            "Bins cover 16 grey levels on either side of 0.",
            "Direction and number of bins are chosen in every fold by the UAR of inner folds over "
            "training subjects; the paper compares directions by the score it reports.",
            "The patterns are the LBP-TOP of MEGC 2019; features are centred, with C = 10.",
            "Motion is not magnified; the paper magnifies it (Eulerian) first, by a factor that "
            "its abstract does not name. The variant magnified takes 26, as in its authors' "
            "LBP-FIP.",
            "Not confirmed: the journal; title, authors and abstract are those of the preprint.",
        ),
    )

    def describe(self, clip: Views) -> Description:
        """Histograms "patterns" (3, down, right, 16) and "gradients" (18, down, right, 16)."""
        from bench.views.lbp.gradients import single_direction_gradients
        from bench.views.lbp.patterns import lbp_top

        return {
            "patterns": lbp_top(
                *(clip, self.num_frames, self.size, self.grid, 4, self.radii), magnify=self.magnify
            ),
            "gradients": single_direction_gradients(
                *(clip, self.num_frames, self.size, self.grid, self.reach, self.magnify)
            ),
        }

    def transform(self, train: Training, context: Context) -> Chosen:
        """Choose direction and bins."""
        return Chosen(*self._chosen(train, context))

    def _chosen(self, train: Training, context: Context) -> tuple[int, int]:
        """Direction and bins of the highest mean UAR of inner folds; the first of equals."""
        from bench.statistics.metrics import confusion, uar

        options = [(d, bins) for d in range(18) for bins in self.bins]
        folds = context.inner_folds(self.folds)
        svm = replace(self, C=LBPSDG.C if self.C == "inner" else self.C).svm()
        merit = np.zeros(len(options))
        # With a single training subject nothing can be compared, and the first option stands.
        for k, (direction, bins) in enumerate(options if folds else []):
            rows = [features(clip, direction, bins) for clip in train.clips]
            for fit, validate in folds:
                context.check_deadline()
                model = svm.fit([rows[i] for i in fit], train.labels[fit], train.classes)
                guess = model.predict([rows[i] for i in validate]).argmax(axis=1)
                merit[k] += uar(confusion(train.labels[validate], guess, train.classes))
        # Rounded, so that equal options tie on every machine and the first wins.
        return options[int(np.argmax(np.round(merit, 9)))]


@dataclass(frozen=True)
class Chosen:
    """Patterns and the gradients along the direction that was chosen, in so many bins."""

    direction: int
    bins: int

    def __call__(self, clip: Description) -> Array:
        """One row."""
        return features(clip, self.direction, self.bins)


def features(clip: Description, direction: int, bins: int) -> Array:
    """Patterns and the gradients along one direction, in `bins` bins, as one row."""
    # For mypy: `describe` returns a dict, but other methods' descriptions may be arrays.
    assert isinstance(clip, dict)
    gradients = clip["gradients"][direction]
    coarse = gradients.reshape(*gradients.shape[:2], bins, -1).sum(axis=-1)
    return np.concatenate([clip["patterns"].ravel(), coarse.ravel()])
