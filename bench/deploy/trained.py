"""A trained model and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.core.contain import contained
from bench.core.errors import BenchError, in_a_line
from bench.core.types import Array, Description
from bench.deploy.card import Card
from bench.plugins.method import Method
from bench.plugins.model import Model
from bench.running.jobs import allowed
from bench.running.outputs import checked, described
from bench.views.clip_views import Views


@dataclass(frozen=True)
class Trained:
    """A trained model.

    Attributes:
        card: what is known of it.
        method: describes clips as in training.
        model: scores descriptions.
    """

    card: Card
    method: Method
    model: Model

    def describe(self, clip: Views) -> Description:
        """Describe a clip as its method does in training."""
        with contained():
            return described(self.method.describe(allowed(self.method, clip)))

    def scores(self, clips: Sequence[Description]) -> Array:
        """Score clips: (n, classes) float64, the larger the likelier; not calibrated.

        Raises:
            BenchError: the method fails, or does not return scores.
        """
        try:
            with one_thread(), contained():
                return checked(self.model.predict(clips), len(clips), len(self.card.classes))
        except BenchError:
            raise
        except Exception as error:  # a plugin may raise anything
            raise BenchError(f"{self.card.label}: predict fails: {in_a_line(error)}") from error


@contextmanager
def one_thread() -> Iterator[None]:
    """As in a worker: sums of several threads may differ in the last bit."""
    import sys

    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)
        yield
