"""What a method plugin is: describe a clip, fit on training subjects, predict the held-out one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from bench.core.errors import BenchError
from bench.core.types import Array, Description
from bench.core.words import RowFidelity
from bench.plugins.context import Context
from bench.plugins.fidelity import ORIGINAL, Fidelity
from bench.plugins.model import Model, Training
from bench.plugins.state import State, returned
from bench.views.clip_views import Views

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Facts:
    """What a reader must know of a method beside its numbers.

    Attributes:
        title: the name the field uses, "LBP-TOP".
        paper: authors, venue.
        year: of the paper.
        url: of the paper or of the authors' code.
        fidelity: how closely network, preprocessing and recipe follow the source, with evidence;
            `ORIGINAL` for a method of your own that is published nowhere else. A single word,
            "reconstructed" say, stands for all three.
        deviations: every difference from the source, a sentence each.
        reference: a control or ceiling to compare with, not a contender.
        transductive: sees the held-out subject's (unlabelled) clips in training.
        on_stand_ins: how a score on SYNTHETIC data must be read, where it is easily misread.
    """

    title: str
    paper: str
    year: int
    url: str
    fidelity: Fidelity
    deviations: tuple[str, ...] = ()
    reference: bool = False
    transductive: bool = False
    on_stand_ins: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.fidelity, str):
            # Frozen: the only way to set a field, and here it has not been read yet.
            object.__setattr__(self, "fidelity", Fidelity.of(self.fidelity))

    @classmethod
    def of_benchmark(cls, title: str, *deviations: str, reference: bool) -> Self:
        """Facts of what this benchmark adds itself: controls, ceilings and simple baselines.

        Args:
            title: for readers.
            deviations: a sentence each.
            reference: a control or ceiling, not ranked.
        """
        paper = "a reference of this benchmark"
        return cls(title, paper, 2025, "", ORIGINAL, deviations, reference)


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
        sources: where the value of each configuration field comes from: the paper and its section,
            a file of public code, or `OURS`.
        as_judged: presets and variants that keep the judgements of `facts.fidelity`; all others
            that change a field are shown as changed.
        traced: variants whose authors keep the best epoch on the held-out subject. They are run as
            if with `--trace`, so that a board shows that choice in its oracle column.
        described_by: the fields that `describe` depends on; None means all of them.
        weights_files: of a method whose authors publish weights, a file for each held-out subject:
            how the files are called, by database, from the subject's number: "sub{:02d}.pth". The
            variant `weights=FOLDER` then predicts by `published` and is never trained.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    needs: ClassVar[frozenset[str]]
    takes: ClassVar[frozenset[str]] = frozenset()
    facts: ClassVar[Facts]
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    sources: ClassVar[Mapping[str, str]] = {}
    as_judged: ClassVar[frozenset[str]] = frozenset()
    traced: ClassVar[frozenset[str]] = frozenset()
    described_by: ClassVar[tuple[str, ...] | None] = None
    weights_files: ClassVar[Mapping[str, str]] = {}

    def stated(self) -> Facts:
        """The facts of this configuration, where some fields change what must be said."""
        return self.facts

    @classmethod
    def fidelity_of(cls, preset: str, variant: str, ships: Collection[str] = ()) -> RowFidelity:
        """What a board shows for a preset and variant, which may differ from what was judged.

        Args:
            preset: of the row.
            variant: of the row.
            ships: views that the dataset ships.
        """
        weakest = cls.facts.fidelity.given(ships).weakest
        # Published weights stand in for training and change no field.
        named = variant.partition("weights=")[0].rstrip("+") if cls.weights_files else variant
        kept = cls._keeps(preset, "paper", cls.presets) and cls._keeps(named, "", cls.variants)
        # Whoever published a method first here has made its presets as well.
        return weakest if kept or weakest == "original" else "changed"

    @classmethod
    def _keeps(cls, word: str, plain: str, known: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether a preset or variant is judged like the defaults, or changes none of them."""
        if word == plain or word in cls.as_judged:
            return True
        fields = vars(cls())
        return word in known and {**fields, **known[word]} == fields

    def describe(self, clip: Views) -> Description:
        """Reduce one clip to what the learner needs: label-free, cached, shared by every fold."""
        raise NotImplementedError

    def fit(self, train: Training, context: Context) -> Model:
        """Learn from the training subjects of one fold."""
        raise NotImplementedError

    def published(self, weights: Mapping[str, Array], classes: int) -> Model:
        """The model that weights published for a fold make, in place of `fit`.

        The harness chooses the file by the held-out subject; whose it is, is not said here.

        Args:
            weights: arrays by the authors' names.
            classes: number of classes of the task.

        Raises:
            BenchError: they are not of this network; says how.
        """
        raise NotImplementedError

    def restore(self, state: State, outline: Training) -> Model:
        """The model that `fit` once returned, from its `state`; it scores the same to the last bit.

        Need not be written where the annotation of `fit` names the class of its models, as in
        `def fit(...) -> Means`, and their attributes are arrays, numbers, words and the like.

        Args:
            state: as it was saved; maybe by a stranger, whose values must at worst be refused.
            outline: as `fit` was given, but for a single clip of zeros and no labels.

        Raises:
            BenchError: a state of something else, or models that cannot be made from one.
        """
        return self.model_class().from_state(state)

    @classmethod
    def model_class(cls) -> type[Model]:
        """The class of models that the annotation of `fit` names.

        Raises:
            BenchError: it names none.
        """
        kind = returned(cls.fit)
        if kind is not None and issubclass(kind, Model) and kind is not Model:
            return kind
        raise BenchError(
            f"{cls.name} cannot restore a model: annotate fit with the class of its models "
            "(def fit(...) -> Means), or write def restore(self, state, outline)"
        )

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
