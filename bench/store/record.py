"""What one unit left behind."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, NotRequired, Protocol, TypedDict

from bench.core.words import Provenance, Selection, Status

FORMAT = 3
"""Of the files that are written. 1 had no device, GPU and code of the dataset, and 2 no seal; both
are read too."""


class Inputs(TypedDict):
    """What a cell's results depend on; see `bench.planning.plan.Cell.inputs`."""

    method: str
    version: int
    config: dict[str, Any]
    views: dict[str, int]
    task: str
    data: str
    protocol: str
    seed: int
    annotations: NotRequired[dict[str, str | None]]
    published_weights: NotRequired[str]
    tune: NotRequired[int]


class Wanted(Protocol):
    """What a run asks of a record beside its predictions; `RunOptions` is one."""

    @property
    def traced(self) -> bool:
        """Scores of every checkpoint."""

    @property
    def inner(self) -> int:
        """A step selected by so many inner fits; 0 for none."""


# Slots, because a board holds 100,000 of them, and dictionaries of so many names share no keys.
@dataclass(frozen=True, slots=True)
class Record:
    """What one unit left behind.

    Attributes:
        key: identifies all that the result depends on (`inputs` and `fold`).
        inputs: method, version, config, view versions, task, data fingerprint, protocol, seed.
        fold: the held-out subject.
        status: "ok", or how it ended.
        label, preset: the words of the board's row.
        family: identifies the row.
        source: hash of the plugin's source when it ran.
        clips: ids of the held-out clips.
        scores: a row of class scores for each.
        seconds: "fit" and "predict" wall time, "cpu" processor time of both, "inner" wall time of
            the fits that choose a step.
        borrowed: hashes of the modules of bench that the plugin imported then.
        dataset_code: hash of the source of the dataset's plugin by its name; of a composite also
            those of its parts. Empty in format 1.
        device: where it was fitted: "cpu", or "cuda" where it put anything on a GPU; empty in
            format 1.
        gpu: name of that GPU; None on the CPU and for a unit that did not end ok.
        parameters: trained parameters, where the model counts them.
        error: the traceback, where the status is not "ok".
        trace: (step, scores) of every checkpoint, where the run asked for it.
        traced: the run asked for a trace; a method without checkpoints leaves it empty.
        inner: fits on parts of the training clips that the run asked for, to choose a step by.
        inner_step: the step of the trace that those chose; None where there was nothing to choose.
        curve: training curve.
        chosen: value of each tuned field that inner folds of the training subjects chose.
        transductive: the configuration saw the held-out clips, without labels, in training.
        environment: id of the machine's description.
        isolated: the held-out labels were never in the process that ran the unit.
        format: of the file it was read from.
        digest: hash of that file's content; empty for a file without a seal, which may have been
            changed since it was written, and for what was not read from a file.
        signature: of the digest, as the file has it.
        provenance: where it comes from, as far as anybody has looked: see `bench.store.provenance`.
        extra: keys of the file that this version does not know; written back as they were.
    """

    key: str
    inputs: Inputs
    fold: str
    status: Status
    label: str
    preset: str
    family: str
    source: str
    clips: list[str]
    scores: list[list[float]]
    seconds: dict[str, float]
    borrowed: dict[str, str] = field(default_factory=dict)
    dataset_code: dict[str, str] = field(default_factory=dict)
    device: str = ""
    gpu: str | None = None
    parameters: int | None = None
    error: str = ""
    trace: list[tuple[int, list[list[float]]]] = field(default_factory=list)
    traced: bool = False
    inner: int = 0
    inner_step: int | None = None
    curve: list[dict[str, float]] = field(default_factory=list)
    chosen: dict[str, Any] = field(default_factory=dict)
    transductive: bool = False
    environment: str = ""
    isolated: bool = True
    format: int = FORMAT
    digest: str = ""
    signature: str = ""
    provenance: Provenance = "reported"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def published_weights(self) -> bool:
        """It was predicted with weights that the method's authors published, not trained here."""
        return "published_weights" in self.inputs

    @property
    def tuned(self) -> bool:
        """Its fold chose values on its training subjects."""
        return "tune" in self.inputs

    @property
    def selection(self) -> Selection:
        """How it was chosen what to score; of weights from elsewhere nobody here can say."""
        if self.published_weights:
            return "unknown"
        return "inner" if self.tuned else "last"

    @property
    def wall(self) -> float:
        """Seconds of wall time that the unit took; 0 where it did not end."""
        return sum(self.seconds.get(part, 0.0) for part in ("fit", "predict", "inner"))

    @property
    def processor(self) -> str:
        """What it was fitted on: "cpu", or the GPU's name; empty where the record does not say."""
        return self.gpu or self.device

    def with_(self, **changes: Any) -> Record:
        """A copy with changes: `dataclasses.replace` takes three times as long for so many."""
        values = list(_values(self))
        for name, value in changes.items():
            values[PLACES[name]] = value
        return Record(*values)

    def serves(self, wanted: Wanted) -> bool:
        """It ended ok and holds what a run asks for."""
        # Having asked is enough: without checkpoints there is no trace, and it would run each time.
        traced = self.traced or bool(self.trace)
        has_trace = traced or not wanted.traced
        return self.status == "ok" and has_trace and wanted.inner in (0, self.inner)


PLACES = {one.name: place for place, one in enumerate(fields(Record))}
_values = attrgetter(*PLACES)
