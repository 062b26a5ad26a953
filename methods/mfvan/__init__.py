"""MFVAN: an apex frame freed of identity, looked at by masked attention at three scales.

`identity` makes the features, `attention` looks at one scale, `model` fuses the scales; `losses`
and `training` fit them; `config` has every choice, `variants` the ablations; `pictures` shows what
was learnt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bench import Context, Facts, Method, Model, Training, Views
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.plugins.state import State
from bench.views.frames import colour_frames

from .config import LONGER, QUICK, STUDY, Config
from .variants import VARIANTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.core.types import Array, Description

FACTS = Facts(
    title="MFVAN",
    paper="Pan, Yang, Xie, Wang: Multi-scale fusion visual attention network for facial "
    "micro-expression recognition, Frontiers in Neuroscience 17:1216181",
    year=2023,
    url="https://doi.org/10.3389/fnins.2023.1216181",
    fidelity=Fidelity(
        network=reconstructed("the paper's text; its equations could not be read"),
        preprocessing=reconstructed("size and units are our reading"),
        recipe=reconstructed("all weights and settings are our reading"),
    ),
    deviations=(
        "A reading of the paper, not an exact reproduction: its equations and hyper-parameters "
        "could not be read. Below, a field's meaning says READ where the paper's text gives it "
        "and OURS where it does not.",
        "Ours: input 128 x 128, standardised per image.",
        "Ours: the student's four convolutions, the teacher's ResNet-18 trunk, their decoders.",
        "Ours: the student's third term, its distance to the teacher's output, weighs as much as "
        "its distance to the onset.",
        "Ours: patches 16, 8, 4; width 192, 4 heads, 4 blocks; weights of their own per scale.",
        "Ours: a patch is kept when its attention exceeds 1/N; kept patches are pooled by it.",
        "Ours, and the least certain: the mask loss is the attention left on masked patches.",
        "Ours: the fusion MLP, loss weights 1, 1, .1, focal gamma 2, alpha inverse frequency.",
        "Ours: AdamW 1e-4, batch 32, teacher 50 epochs, joint 60, the first 10 without labels; "
        "fixed in advance (how the paper picked its epoch is not stated).",
        "Ours: training pairs are mirrored and shifted by up to two pixels.",
        "The scales come from the student, since it replaces the teacher at test time.",
        "The teacher sees training subjects' frames only; the paper's text says all images.",
        "The paper preset needs a GPU: its teacher alone takes hours a fold on one CPU thread.",
    ),
    on_stand_ins="it sees the apex frame alone, and the classes of the drawn faces differ in "
    "motion, which LBP-TOP and optical flow see. Given the difference from the onset instead "
    "(mfvan:delta), it scores as LBP-TOP does (docs/mfvan.md).",
)

MEASURED = {"residual": (64, 0.0027, 0.0018, 0.0015), "resnet18": (128, 0.038, 0.062, 0.055)}
"""By teacher, in the presets `study` and `paper`: side of the input, seconds a clip and epoch, what
identity removal adds to them, and seconds a frame and epoch of the teacher alone; one thread.
With all three scales and one encoded frame: fewer scales take less, `delta` up to twice that."""
FEWEST = 50
"""Clips: fewer take about as long, as an epoch has its least number of steps then."""


@dataclass(frozen=True)
class MFVAN(Config, Method):
    """Multi-scale Fusion Visual Attention Network."""

    name = "mfvan"
    version = 2
    needs = frozenset({"colour_frames"})
    sources = {
        "size": OURS,
        "num_frames": OURS,
        "units": OURS,
        "identity_weight": OURS,
        "soft_target": OURS,
        "teacher": OURS,
        "teacher_channels": OURS,
        "teacher_epochs": OURS,
        "teacher_seed": OURS,
        "channels": OURS,
        "patches": OURS,
        "width": OURS,
        "heads": OURS,
        "blocks": OURS,
        "ratio": OURS,
        "attention": OURS,
        "threshold": OURS,
        "hidden": OURS,
        "dropout": OURS,
        "scale_weight": OURS,
        "mask_weight": OURS,
        "mask_loss": OURS,
        "keep_ratio": OURS,
        "gamma": "Lin et al. 2017 (the focal loss), after equation 4; the paper names the loss",
        "balanced": "the paper, section not known: focal loss with weights for each class",
        "learning_rate": OURS,
        "weight_decay": OURS,
        "warmup": OURS,
        "batch_size": OURS,
        "fewest_steps": OURS,
        "epochs": OURS,
        "identity_epochs": OURS,
        "hflip": OURS,
        "max_shift": OURS,
        "signal": "the paper's abstract: features of the apex frame",
        "scales": "the paper, section not known: image, first and second feature maps",
        "shared_teacher": "our choice: off, on training subjects alone; the paper says all images",
    }
    facts = FACTS
    presets = {
        "quick": QUICK,
        "study": STUDY,
        "longer": LONGER,
    }
    variants = VARIANTS
    described_by = ("size", "num_frames")

    def stated(self) -> Facts:
        """The facts, with what this configuration adds to them."""
        notes = []
        if self.signal == "delta":
            notes.append("Not the paper's: the onset frame is needed at test time too.")
        if self.shared_teacher and self.identity_weight:
            notes.append(
                "Transductive: the teacher is pre-trained on frames of the held-out subject."
            )
        return replace(
            self.facts,
            deviations=self.facts.deviations + tuple(notes),
            transductive=bool(self.shared_teacher and self.identity_weight),
        )

    def describe(self, clip: Views) -> dict[str, Array]:
        """Onset, apex (size, size, 3) and the teacher's frames (k, size, size, 3), uint8 RGB."""
        pixels = colour_frames(clip, (self.size, self.size))
        count = len(pixels) if self.num_frames is None else self.num_frames
        spaced = np.linspace(0, len(pixels) - 1, count).round().astype(int)
        return {"onset": pixels[0], "apex": pixels[clip.apex], "frames": pixels[spaced]}

    def fit(self, train: Training, context: Context) -> Model:
        """Pre-train the teacher, then train teacher, student and attention jointly."""
        from .training import fit

        return fit(self, train, context)

    def restore(self, state: State, outline: Training) -> Model:
        """The network with its weights, decoder included."""
        from bench.learning.training import filled

        from .model import Fitted, Network

        network = filled(lambda: Network(self, outline.classes), state)
        return Fitted(network, self, "cpu")

    def pictures(self, model: Model, clips: Mapping[str, Description]) -> Mapping[str, Figure]:
        """Kept patches and Grad-CAM of each scale over a few apex frames."""
        from .pictures import pictures

        return pictures(model, clips)

    def seconds(self, clips: int, frames: int) -> float:
        """Time of one fold on one thread, from the measured time of an image and epoch."""
        side, looking, removal, teaching = MEASURED[self.teacher]
        clips = max(clips, FEWEST)
        seen = frames if self.num_frames is None else clips * self.num_frames
        total = looking * clips * (self.epochs - self.identity_epochs)
        if self.identity_weight:
            total += removal * clips * self.epochs + teaching * seen * self.teacher_epochs
        return total * (self.size / side) ** 2
