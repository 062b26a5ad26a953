"""MFVAN: an apex frame freed of identity, looked at by masked attention at three scales.

`identity` makes the features, `attention` looks at one scale, `model` fuses the scales; `losses`,
`pretraining` and `training` fit them; `pictures` shows what was learnt.
This file is the configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from bench import BenchError, Context, Facts, Method, Model, Training, Views
from bench.views.frames import colour_frames

from .variants import VARIANTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.clip import Array, Description

FACTS = Facts(
    title="MFVAN",
    paper="Pan, Yang, Xie, Wang, Frontiers in Neuroscience 17:1216181",
    year=2023,
    url="https://doi.org/10.3389/fnins.2023.1216181",
    fidelity="reconstructed",
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
        "The scales come from the student, since it replaces the teacher at test time.",
        "The teacher sees training subjects' frames only; the paper's text says all images.",
        "The paper preset needs a GPU: its teacher alone takes hours a fold on one CPU thread.",
    ),
)

QUICK: Mapping[str, Any] = {
    "size": 64,
    "frames": 8,
    "teacher": "residual",
    "teacher_channels": (8, 16, 32, 64),
    "teacher_epochs": 2,
    "channels": (16, 32, 64, 128),
    "patches": (8, 4, 2),
    "width": 64,
    "blocks": 1,
    "ratio": 2,
    "epochs": 20,
    "identity_epochs": 4,
    "batch": 16,
    "rate": 1e-3,
    "warmup": 2,
}


@dataclass(frozen=True)
class MFVAN(Method):
    """Multi-scale Fusion Visual Attention Network.

    Attributes:
        size: side of the square input in pixels, a multiple of 16. OURS: divides well; 112, 64.
        frames: frames of a clip the teacher reconstructs, evenly spaced; None: all (READ).
        units: input units. OURS: "image" has mean 0 and deviation 1 over each image, so that
            the identity loss does not depend on the lighting; "range" is 0 to 1.
        signal: "apex" (READ) looks at the apex frame alone; "delta" at the apex's features
            minus the onset's: not the paper's, it needs the onset at test time.
        identity_weight: λ_RI. OURS: no value known; 0 removes no identity and has no teacher.
        soft_target: β, weight of the student's distance to the teacher. OURS: the text calls
            the teacher a soft target beside the two errors; 0 switches it off.
        teacher: encoder of residual modules (READ). OURS: "resnet18" without pre-training, or
            "residual": a module of two convolutions for each of `teacher_channels`.
        teacher_channels: widths of "residual", each at half the size of the one before.
        teacher_epochs: of pre-training. OURS.
        teacher_seed: OURS: "content" draws its weights from the training frames, so that seeds
            and variants share one teacher; "fold" draws them anew for every seed.
        shared_teacher: pre-train once on the frames of all subjects, the held-out ones among
            them. Transductive; the paper's text ("all images") may mean it.
        channels: widths of the student's four convolutions of stride 2. OURS: shallow (READ).
        scales: which of image (1), first (2) and second feature map (3) are looked at (READ).
        patches: patch side at scales 1, 2, 3. OURS: the same 8 x 8 grid at each.
        width: D, of a patch's features. OURS.
        heads: of the self-attention. OURS.
        blocks: L, blocks of self-attention and MLP. OURS.
        ratio: hidden width of a block's MLP over D. OURS.
        attention: whence a patch's weight. OURS: "last" block's, or "rollout" over all blocks.
        threshold: κ; patches of weight above κ/N are kept. OURS: a fixed number would mean
            something else for every N.
        hidden: width of the fusion MLP. OURS.
        dropout: in the fusion MLP. OURS.
        scale_weight: λ1, of the scales' own classification. OURS.
        mask_weight: λ2, of the mask loss. OURS.
        mask_loss: OURS: "left-over" attention on masked patches; "masked-classification" by
            the kept patches alone; "keep-ratio" of a softened mask; or "none".
        keep_ratio: ρ, share of patches that "keep-ratio" asks for. OURS.
        gamma: γ of the focal loss. OURS: its authors' default.
        balanced: focal α inverse to class frequency (READ: per class); else 1.
        rate: AdamW's step size at its peak; cosine decay to 0. OURS.
        decay: AdamW's weight decay. OURS.
        warmup: epochs of linear warm-up. OURS.
        batch: clips, or frames, a step. OURS.
        fewest_steps: steps an epoch has at least; small folds take smaller batches. OURS.
        epochs: of joint training, fixed in advance. OURS.
        identity_epochs: how many of them, at the start, know no labels. OURS; without identity
            removal they are left out.
    """

    size: int = 128
    frames: int | None = None
    units: Literal["image", "range"] = "image"
    signal: Literal["apex", "delta"] = "apex"
    identity_weight: float = 1.0
    soft_target: float = 1.0
    teacher: Literal["resnet18", "residual"] = "resnet18"
    teacher_channels: tuple[int, int, int, int] = (64, 128, 256, 512)
    teacher_epochs: int = 50
    teacher_seed: Literal["content", "fold"] = "content"
    shared_teacher: bool = False
    channels: tuple[int, int, int, int] = (32, 64, 128, 256)
    scales: tuple[int, ...] = (1, 2, 3)
    patches: tuple[int, int, int] = (16, 8, 4)
    width: int = 192
    heads: int = 4
    blocks: int = 4
    ratio: int = 4
    attention: Literal["last", "rollout"] = "last"
    threshold: float = 1.0
    hidden: int = 256
    dropout: float = 0.3
    scale_weight: float = 1.0
    mask_weight: float = 0.1
    mask_loss: Literal["left-over", "masked-classification", "keep-ratio", "none"] = "left-over"
    keep_ratio: float = 0.5
    gamma: float = 2.0
    balanced: bool = True
    rate: float = 1e-4
    decay: float = 0.05
    warmup: int = 5
    batch: int = 32
    fewest_steps: int = 4
    epochs: int = 60
    identity_epochs: int = 10

    name: ClassVar[str] = "mfvan"
    needs: ClassVar[frozenset[str]] = frozenset({"colour_frames"})
    facts: ClassVar[Facts] = FACTS
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"paper": {}, "quick": QUICK}
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = VARIANTS
    described_by: ClassVar[tuple[str, ...]] = ("size", "frames")

    def __post_init__(self) -> None:
        """Refuse sizes that do not fit together."""
        sides = [self.size // 2**i for i in range(3)]
        if self.size % 16 or any(s % p for s, p in zip(sides, self.patches, strict=True)):
            raise BenchError(
                f"mfvan: size {self.size} with patches {self.patches}: size must be a multiple of "
                f"16 and the patches must divide {sides}, the sides of image and feature maps"
            )
        if not set(self.scales) <= {1, 2, 3}:
            raise BenchError(f"mfvan: scales {self.scales}: expected some of 1, 2, 3")
        if self.width % self.heads:
            raise BenchError(f"mfvan: width {self.width} must be a multiple of heads {self.heads}")
        if self.identity_epochs >= self.epochs:
            raise BenchError(
                f"mfvan: {self.identity_epochs} of {self.epochs} epochs know no labels: none is "
                "left to learn to classify; raise epochs"
            )

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
        count = len(pixels) if self.frames is None else self.frames
        spaced = np.linspace(0, len(pixels) - 1, count).round().astype(int)
        return {"onset": pixels[0], "apex": pixels[clip.apex], "frames": pixels[spaced]}

    def fit(self, train: Training, context: Context) -> Model:
        """Pre-train the teacher, then train teacher, student and attention jointly."""
        from .training import fit

        return fit(self, train, context)

    def pictures(self, model: Model, clips: Mapping[str, Description]) -> Mapping[str, Figure]:
        """Kept patches and Grad-CAM of each scale over a few apex frames."""
        from .pictures import pictures

        return pictures(model, clips)

    def seconds(self, clips: int, frames: int) -> float:
        """Estimated time of one fold on one thread, from arithmetic and a measured speed."""
        from .cost import seconds

        return seconds(self, clips, frames)
