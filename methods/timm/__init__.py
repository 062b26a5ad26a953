"""Any backbone of the timm library: `timm:resnet18`, `timm:convnext_tiny+flow`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, cast

from bench import Array, BenchError, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, Judgement, exact
from bench.views.flow.optical import flow_image
from bench.views.frames import key_frames

IMAGES = ("difference", "apex", "flow")

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class Timm(NetworkMethod):
    """A timm backbone on apex minus onset, on the apex, or on a flow image.

    Attributes:
        backbone: as timm names it.
        image: apex minus onset, the apex alone, or the flow.
        size: side of the image, px.
        weights: file of the backbone's trained weights, `timm:resnet18+flow+weights=PATH`; its
            classifier is initialised at random.
        weights_sha256: of the file.
    """

    name = "timm"

    backbone: str = "resnet18"
    image: Literal["difference", "apex", "flow"] = "difference"
    epochs: int = 30
    size: int = 224
    weights: str = ""
    weights_sha256: str = ""

    needs = frozenset({"key_frames"})
    described_by = ("image", "size")
    presets = {"quick": {"epochs": 15, "size": 64, "batch_size": 16}}
    sources = {
        "epochs": OURS,
        "learning_rate": OURS,
        "batch_size": OURS,
        "backbone": OURS,
        "image": OURS,
        "size": OURS,
        "weights": OURS,
        "weights_sha256": OURS,
    }
    facts = Facts(
        title="timm backbone",
        paper="Wightman: PyTorch image models",
        year=2019,
        url="https://github.com/huggingface/pytorch-image-models",
        fidelity=Fidelity(
            network=exact("the networks of the installed package timm, made by the package itself"),
            preprocessing=Judgement("original", "differences of key frames"),
            recipe=Judgement("original", "no paper prescribes this training"),
        ),
        deviations=(
            "Backbones start from scratch unless a file is given, `timm:NAME+weights=PATH`: no "
            "weights are fetched.",
            "No paper prescribes this training: 30 epochs of AdamW at 1e-4.",
            "The quick preset: 15 epochs, batches of 16, 64 x 64 images.",
        ),
    )

    @classmethod
    def from_variant(cls, word: str) -> Self:
        """`resnet18+flow+weights=PATH`: a backbone, optionally its input and a file of weights."""
        import difflib

        # The library: this plugin is bench.methods.timm.
        import timm
        from bench.learning import pretrained

        before, path = pretrained.split(word)
        name, _, word = before.partition("+")
        if not timm.is_model(name):
            near = difflib.get_close_matches(name, timm.list_models(), n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise BenchError(f"timm has no backbone {name!r}{hint}")
        if word and word not in IMAGES:
            raise BenchError(f"unknown image {word!r} of timm; expected {', '.join(IMAGES)}")
        kind = OnFlow if word == "flow" else cls
        chosen = cast(Literal["difference", "apex", "flow"], word or "difference")
        sha256 = pretrained.digest(path) if path else ""
        return cast(Self, kind(backbone=name, image=chosen, weights=path, weights_sha256=sha256))

    def describe(self, clip: Views) -> Array:
        """Onset and apex, uint8 (2, size, size), or the flow image, uint8 (3, 28, 28)."""
        return flow_image(clip) if self.image == "flow" else key_frames(clip, (self.size,) * 2)

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy, AdamW."""
        from bench.learning.training import Recipe, adamw

        return Recipe(self.epochs, self.batch_size, adamw(self.learning_rate))

    def network(self, train: Training) -> nn.Module:
        """The backbone, from a file of weights where one is given."""
        from .net import Backbone

        return Backbone(self.backbone, train.classes, self.size, self.image, self.weights)


@dataclass(frozen=True)
class OnFlow(Timm):
    """The same on a flow image, which other datasets can serve."""

    needs = frozenset({"flow_image"})
