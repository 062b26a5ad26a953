"""A trained model and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.contain import contained
from bench.core.errors import BenchError
from bench.core.types import Array, Description
from bench.deploy.card import Card
from bench.plugins.method import Method
from bench.plugins.model import Model
from bench.running.jobs import allowed
from bench.running.outputs import checked, described
from bench.views.clip_views import Views

if TYPE_CHECKING:
    from bench.deploy.predictions import Predictions


@dataclass(frozen=True)
class TrainedModel:
    """A trained model.

    Attributes:
        card: what is known of it.
        method: describes clips as in training.
        model: scores descriptions.
    """

    card: Card
    method: Method
    model: Model

    def predict(
        self,
        path: str | Path,
        onset: int | str = "",
        apex: int | str = "",
        offset: int | str = "",
        align: bool = True,
    ) -> Predictions:
        """Predict the clips of a video, a folder of frames, or a csv that lists such.

        Args:
            path: of the video, folder or csv.
            onset: its frame number, or seconds as "2.4s"; found where none is given.
            apex: the same.
            offset: the same.
            align: find the face and align it; False takes frames that are aligned faces already.

        Raises:
            BenchError: a clip that cannot be read, a face that is not found, or a model that needs
                what no video has.
        """
        from bench.deploy.clips import Keys
        from bench.deploy.predict import predict_files

        keys = Keys(str(onset), str(apex), str(offset))
        return predict_files(self, Path(path), keys, "align" if align else "none")

    def save(self, folder: str | Path, force: bool = False) -> None:
        """Write the model to a folder; `force` replaces the one that is there."""
        from bench.deploy.folder import save

        save(self, Path(folder), force)

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
            words = " ".join(f"{type(error).__name__}: {error}".split())
            raise BenchError(f"{self.card.label}: predict fails: {words}") from error


@contextmanager
def one_thread() -> Iterator[None]:
    """As in a worker: sums of several threads may differ in the last bit."""
    import sys

    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)
        yield
