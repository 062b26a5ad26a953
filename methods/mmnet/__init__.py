"""MMNet: motion between onset and apex, and where on the face it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import Fidelity, exact, stated
from bench.views.frames import key_frames

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class MMNet(NetworkMethod):
    """Attention blocks on apex minus onset, a small transformer on the onset.

    Attributes:
        size: side of the frames, px.
        weight_decay: of AdamW.
        augment: mirror, rotate and shift training clips.
        shift, rotation: at most, px of a frame of 224 and degrees.
        depth, mlp_ratio, drop_path: of the transformer, see `net.Positions`.
    """

    name = "mmnet"

    epochs: int = 74
    learning_rate: float = 8e-4
    weight_decay: float = 0.6
    batch_size: int = 32
    size: int = 224
    augment: bool = True
    shift: int = 15
    rotation: float = 3.0
    depth: int = 2
    mlp_ratio: float = 4.0
    drop_path: float = 0.0

    version = 2

    needs = frozenset({"key_frames"})
    described_by = ("size",)
    presets = {
        # CASME2_3.py of the public code; the defaults are those of CASME2_5.py.
        "3class": {
            "epochs": 99,
            "batch_size": 24,
            "weight_decay": 0.7,
            "shift": 4,
            "rotation": 4.0,
            "depth": 3,
            "mlp_ratio": 2.0,
            "drop_path": 0.3,
        },
        "quick": {
            "epochs": 16,
            "size": 48,
            "batch_size": 16,
            "learning_rate": 2e-4,
            "augment": False,
        },
    }
    seconds_per_clip = 0.45
    measured_size = 224
    sources = {
        "epochs": "CASME2_5.py:457 at 7b62fa9",
        "learning_rate": "CASME2_5.py:443 at 7b62fa9",
        "batch_size": "CASME2_5.py:419 at 7b62fa9",
        "weight_decay": "CASME2_5.py:443 at 7b62fa9",
        "size": "CASME2_5.py:377 at 7b62fa9",
        "augment": "CASME2_5.py:386 at 7b62fa9",
        "shift": "CASME2_5.py:388 at 7b62fa9",
        "rotation": "CASME2_5.py:387 at 7b62fa9",
        "depth": "CASME2_5.py:315 at 7b62fa9",
        "mlp_ratio": "CASME2_5.py:315 at 7b62fa9",
        "drop_path": "CASME2_5.py:315 at 7b62fa9",
    }
    variants = {"official": {}}
    as_judged = frozenset({"3class", "official"})
    traced = frozenset({"official"})
    facts = Facts(
        title="MMNet",
        paper="Li, Sui, Zhu, Zhao: MMNet: muscle motion-guided network for micro-expression "
        "recognition, IJCAI",
        year=2022,
        url="https://github.com/muse1998/MMNet",
        fidelity=Fidelity(
            network=exact("differs by 1.3e-06 at most from muse1998/MMNet at 7b62fa9"),
            preprocessing=stated(
                "muse1998/MMNet at 7b62fa9, CASME2_5.py; grey frames, annotated key frames"
            ),
            recipe=stated(
                "muse1998/MMNet at 7b62fa9, CASME2_5.py; of the preset 3class CASME2_3.py, lines "
                "303 to 445"
            ),
        ),
        deviations=(
            "Frames are grey; the three channels of the public code hold the same image.",
            "Key frames of training clips are the annotated ones; the public code draws frames "
            "near them at random.",
            "The defaults are the public code's for five classes; the preset 3class has its "
            "settings for three, but for the first convolution: the code asks for two groups of "
            "its three channels, which PyTorch refuses.",
            "Layers that the public code defines and never uses are left out: 9,438,841 parameters "
            "for five classes in place of 9,970,947.",
            "The last epoch is kept; the public code keeps the best on the held-out subject, which "
            "`mmnet:official` shows in the oracle column.",
            "The quick preset is ours: 16 epochs at 2e-4, batches of 16, 48 x 48 frames, which are "
            "not augmented.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Onset and apex, uint8 (2, size, size)."""
        return key_frames(clip, (self.size, self.size))

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy, AdamW whose learning rate falls by .987 an epoch for 50 epochs."""
        from torch.optim.lr_scheduler import LambdaLR

        from bench.learning.training import Recipe, adamw

        from .net import augment

        return Recipe(
            self.epochs,
            self.batch_size,
            adamw(self.learning_rate, self.weight_decay),
            # The public code lowers the rate no further after 50 epochs.
            scheduler=lambda optimiser: LambdaLR(optimiser, lambda epoch: 0.987 ** min(epoch, 50)),
            augment=(
                partial(
                    augment,
                    max_shift=round(self.shift * self.size / 224),
                    max_degrees=self.rotation,
                )
                if self.augment
                else None
            ),
        )

    def network(self, train: Training) -> nn.Module:
        """Motion and positions."""
        from .net import MMNetwork

        return MMNetwork(train.classes, self.size, self.depth, self.mlp_ratio, self.drop_path)
