"""The configuration: every choice that the paper leaves open is a field, and says so.

READ: the paper's text gives it; OURS: it gives no value or form that could be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bench import BenchError

STUDY: Mapping[str, Any] = {
    "size": 64,
    "num_frames": 4,
    "identity_weight": 0.1,
    "teacher": "residual",
    "teacher_channels": (8, 16, 32, 64),
    "teacher_epochs": 2,
    "channels": (8, 16, 32, 64),
    "patches": (8, 4, 2),
    "width": 64,
    "blocks": 1,
    "ratio": 2,
    "epochs": 20,
    "identity_epochs": 2,
    "batch_size": 16,
    "learning_rate": 1.5e-3,
    "warmup": 2,
    "hflip": False,
    "max_shift": 1,
}
"""The configuration that docs/mfvan.md studies. Chosen on stand-ins of seed 12, where at λ_RI = 1
so few epochs did not teach the encoder its training clips. Nothing is mirrored: classes of a task
may be mirror images of each other."""

QUICK: Mapping[str, Any] = {**STUDY, "size": 48, "epochs": 14}
"""`STUDY` at less than half of its processor time. Chosen by time and by loss and accuracy on
training clips alone: at 48 pixels these end where those of `STUDY` do; after ten epochs at 64,
which cost about the same, they do not."""

LONGER: Mapping[str, Any] = {
    **STUDY,
    "epochs": 60,
    "identity_epochs": 5,
    "learning_rate": 1e-3,
    "warmup": 5,
    "hflip": True,
}
"""The networks of `STUDY`, trained three times as long on twice the faces."""


@dataclass(frozen=True)
class Config:
    """What the networks and their training are made from; the defaults are the paper's.

    Attributes:
        size: side of the square input in pixels, a multiple of 16. OURS: divides well; 112, 64.
        num_frames: frames of a clip the teacher reconstructs, evenly spaced; None: all (READ).
        units: input units. OURS: "image" has mean 0 and deviation 1 over each image, so that
            the identity loss does not depend on the lighting; "range" is 0 to 1.
        signal: "apex" (READ) looks at the apex frame alone; "delta" at the apex's features
            minus the onset's: not the paper's, it needs the onset at test time.
        identity_weight: λ_RI. OURS: no value known; 0 removes no identity and has no teacher.
        soft_target: β, weight of the student's distance to the teacher. OURS: the text calls
            the teacher a soft target in addition to the two errors; 0 switches it off.
        teacher: encoder of residual modules (READ). OURS: "resnet18" without pre-training, or
            "residual": a module of two convolutions for each of `teacher_channels`.
        teacher_channels: widths of "residual", each at half the size of the one before.
        teacher_epochs: of pre-training. OURS.
        teacher_seed: OURS: "content" draws its weights from the training frames, so that seeds
            and variants share one teacher; "fold" draws new ones for every seed.
        shared_teacher: pre-train once on the frames of all subjects, the held-out ones among
            them. Transductive; the paper's text ("all images") may mean it.
        channels: widths of the student's four convolutions of stride 2. OURS: shallow (READ).
        scales: which of image (1), first (2) and second feature map (3) are looked at (READ).
        patches: patch side at scales 1, 2, 3. OURS: the same 8 x 8 grid at each.
        width: D, of a patch's features. OURS.
        heads: of the self-attention. OURS.
        blocks: L, blocks of self-attention and MLP. OURS.
        ratio: hidden width of a block's MLP over D. OURS.
        attention: source of a patch's weight. OURS: the "last" block, or "rollout" over all.
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
        learning_rate: AdamW's step size at its peak; cosine decay to 0. OURS.
        weight_decay: AdamW's weight decay. OURS.
        warmup: epochs of linear warm-up. OURS.
        batch_size: clips, or frames, a step. OURS.
        fewest_steps: steps an epoch has at least; small folds take smaller batches. OURS.
        epochs: of joint training, fixed in advance. OURS.
        identity_epochs: how many of them, at the start, know no labels. OURS; without identity
            removal they are left out.
        hflip: half of the training pairs are mirrored. OURS: nothing was read of augmentation.
        max_shift: pixels by which training pairs are shifted at most. OURS, as above.
    """

    size: int = 128
    num_frames: int | None = None
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
    learning_rate: float = 1e-4
    weight_decay: float = 0.05
    warmup: int = 5
    batch_size: int = 32
    fewest_steps: int = 4
    epochs: int = 60
    identity_epochs: int = 10
    hflip: bool = True
    max_shift: int = 2

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
