"""What a method plugin is: describe a clip, fit on training subjects, predict the held-out one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bench.clip import Array, Description, Gender, Views

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.context import Context

Fidelity = Literal["code", "paper", "reconstructed"]


@dataclass(frozen=True)
class Facts:
    """What a reader must know of a method beside its numbers.

    Attributes:
        title: the name the field uses, "LBP-TOP".
        paper: authors, venue.
        year: of the paper.
        url: of the paper or of the authors' code.
        fidelity: "code" follows the authors' code, "paper" follows a paper that leaves nothing to
            guess, "reconstructed" fills gaps with our own reading.
        deviations: every difference from the source, a sentence each.
        reference: a control or ceiling to compare with, not a contender.
        transductive: sees the held-out subject's (unlabelled) clips in training.
    """

    title: str
    paper: str
    year: int
    url: str
    fidelity: Fidelity
    deviations: tuple[str, ...] = ()
    reference: bool = False
    transductive: bool = False


@dataclass(frozen=True)
class Training:
    """The training subjects' clips of one fold.

    Attributes:
        clips: what `describe` returned for each, n of them.
        labels: (n,) int64, 0 .. classes - 1; a class may be missing.
        subjects: (n,) whose clip it is, as opaque words.
        classes: number of classes of the task.
        action_units: numbers of the annotated action units, None for a clip without.
        genders: of the clips' subjects, None where not annotated.
        unlabelled: the held-out subject's clips, for a method that states it is transductive;
            None for every other.
    """

    clips: Sequence[Description]
    labels: Array
    subjects: Array
    classes: int
    action_units: Sequence[frozenset[int] | None] = ()
    genders: Sequence[Gender | None] = ()
    unlabelled: Sequence[Description] | None = None


class Model:
    """A fitted method."""

    parameters: int | None = None
    """Number of trained parameters, where counting them means something."""

    def predict(self, clips: Sequence[Description]) -> Array:
        """Score clips.

        Args:
            clips: n descriptions.

        Returns:
            (n, classes) finite floats; the largest of a row is the predicted class.
        """
        raise NotImplementedError


class Method:
    """A recognition method: a frozen dataclass whose fields are its configuration.

    The defaults of the fields are the paper's ("paper" preset). Everything heavy (torch,
    scikit-learn, numba) is imported inside the functions, so that listing methods stays instant.

    Attributes:
        name: the word on the command line, "lbptop".
        version: raise it when a change of code changes predictions: old records become stale.
        needs: views without which it cannot run.
        takes: views it uses where a dataset has them, and of what is annotated beside the emotion
            "action_units" and "gender".
        facts: paper, fidelity, deviations.
        presets: named changes of configuration; "paper" is always there and empty.
        variants: named readings or ablations: "mfvan:delta" is mfvan with variants["delta"].
        described_by: the fields that `describe` depends on; None means all of them.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]]
    takes: ClassVar[frozenset[str]] = frozenset()
    facts: ClassVar[Facts]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    described_by: ClassVar[tuple[str, ...] | None] = None

    def stated(self) -> Facts:
        """The facts of this configuration, where some fields change what must be said."""
        return self.facts

    def describe(self, clip: Views) -> Description:
        """Reduce one clip to what the learner needs: label-free, cached, shared by every fold."""
        raise NotImplementedError

    def fit(self, train: Training, context: Context) -> Model:
        """Learn from the training subjects of one fold."""
        raise NotImplementedError

    def pictures(self, model: Model, clips: Mapping[str, Description]) -> Mapping[str, Figure]:
        """Draw what a fitted model sees in held-out clips, for `bench explain`; nothing by default.

        Args:
            model: what this method's `fit` returned.
            clips: a few descriptions, by words that name each clip, its class and the prediction.

        Returns:
            matplotlib figures by a few words on what is seen, "attention"; the report marks those
            of stand-ins as SYNTHETIC itself.
        """
        return {}

    def seconds(self, clips: int, frames: int) -> float | None:
        """Estimated single-thread time of one fold with so many training clips, where known."""
        return None
