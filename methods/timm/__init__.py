"""Any backbone of the timm library: `timm:resnet18`, `timm:convnext_tiny+flow`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, cast

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views
from bench.views.flow.optical import flow_image
from bench.views.frames import key_frames

SOURCES = ("difference", "apex", "flow")


@dataclass(frozen=True)
class Timm(Method):
    """A timm backbone on apex minus onset, on the apex, or on a flow image.

    Attributes:
        weights: file of the backbone's trained weights, `timm:resnet18+flow+weights=PATH`; its
            classifier starts anew.
        weights_sha256: of the file.
    """

    backbone: str = "resnet18"
    source: Literal["difference", "apex", "flow"] = "difference"
    epochs: int = 30
    rate: float = 1e-4
    batch: int = 32
    size: int = 224
    weights: str = ""
    weights_sha256: str = ""

    name: ClassVar[str] = "timm"
    needs: ClassVar[frozenset[str]] = frozenset({"key_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("source", "size")
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {},
        "quick": {"epochs": 15, "size": 64, "batch": 16},
    }
    facts: ClassVar[Facts] = Facts(
        title="timm backbone",
        paper="Wightman: PyTorch image models",
        year=2019,
        url="https://github.com/huggingface/pytorch-image-models",
        fidelity="code",
        deviations=(
            "Backbones start from scratch unless a file is given, `timm:NAME+weights=PATH`: no "
            "weights are fetched.",
            "No paper prescribes this training: 30 epochs of AdamW at 1e-4.",
            "The quick preset: 15 epochs, batches of 16, 64 x 64 images.",
        ),
    )

    @classmethod
    def from_variant(cls, word: str) -> Self:
        """`resnet18+flow+weights=PATH`: a backbone, its input and a file, the last two at will."""
        import difflib

        import timm
        from bench.learning import pretrained

        before, path = pretrained.split(word)
        name, _, source = before.partition("+")
        if not timm.is_model(name):
            near = difflib.get_close_matches(name, timm.list_models(), n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise BenchError(f"timm has no backbone {name!r}{hint}")
        if source and source not in SOURCES:
            raise BenchError(f"unknown input {source!r} of timm; expected {', '.join(SOURCES)}")
        kind = OnFlow if source == "flow" else cls
        chosen = cast(Literal["difference", "apex", "flow"], source or "difference")
        sha256 = pretrained.digest(path) if path else ""
        return cast(Self, kind(name, chosen, weights=path, weights_sha256=sha256))

    def describe(self, clip: Views) -> Array:
        """Onset and apex, uint8 (2, size, size), or the flow image, uint8 (3, 28, 28)."""
        return flow_image(clip) if self.source == "flow" else key_frames(clip, (self.size,) * 2)

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, AdamW, fixed epochs."""
        from bench.learning import training

        from . import net

        recipe = training.Recipe(self.epochs, self.batch, training.adamw(self.rate))
        return training.train(
            lambda: net.Backbone(
                self.backbone, train.classes, self.size, self.source, self.weights
            ),
            train.clips,
            train.labels,
            context,
            recipe,
        )


@dataclass(frozen=True)
class OnFlow(Timm):
    """The same on a flow image, which other datasets can serve."""

    needs: ClassVar[frozenset[str]] = frozenset({"flow_image"})
