"""What a metric plugin is: one more column of boards, computed from predictions."""

from __future__ import annotations

from typing import ClassVar

from bench.core.types import Array

TAKEN = frozenset(
    (
        *("rank", "method", "uf1", "uar", "accuracy", "f1", "parts", "uar_interval"),
        *("accuracy_interval", "spread", "parts_uar", "inner", "oracle", "same_person", "lovo"),
        *("recall", "clips", "folds", "seeds", "fit", "parameters", "fidelity", "selection"),
        *("provenance", "notes", "remarks"),
    )
)
"""Names of the columns of every board."""


class Metric:
    """A metric of one's own; define one of the two functions.

    Boards show its value on all pooled predictions, the mean over seeds, with a 95 % interval over
    subjects. Nothing is ranked by it.

    Attributes:
        name: the heading of its column, and the word for `--columns` and `--sort`: "kappa".
            Larger values are better: a loss should be its negative.
    """

    name: ClassVar[str]

    def of_counts(self, counts: Array) -> Array:
        """Values (...) of confusion matrices (..., classes, classes), rows the truth.

        It is called with ten thousand resamples at once: vectorised, it costs next to nothing.
        """
        raise NotImplementedError

    def of_scores(self, labels: Array, scores: Array, weights: Array) -> float:
        """One value; called once for each of a thousand resamples.

        Args:
            labels: (n,) true label numbers.
            scores: (n, classes) as the method gave them: probabilities or decision values.
            weights: (n,) how often each clip counts, at least once.
        """
        raise NotImplementedError


def counts_only(metric: type[Metric]) -> bool:
    """Whether confusion matrices are all that a metric looks at."""
    return metric.of_counts is not Metric.of_counts
