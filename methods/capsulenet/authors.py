"""CapsuleNet held against the public code of its authors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import torch
import torchvision

from bench.check.authors import (
    Authors,
    Comparison,
    importable,
    numbers,
    on_cpu,
    roused,
    setting,
    settings,
)

from . import CapsuleNet
from .net import CapsuleNetwork

MULTIPLIER = 4
TRAIN, LOSS = "train_me_loso.py", "capsule/loss/losses.py"


def compare(code: Path) -> Iterator[Comparison]:
    """Lengths of the capsules, the loss, and the settings of the training script."""
    from bench.learning.losses import margin_loss

    generator = torch.Generator().manual_seed(0)
    plain = torchvision.models.resnet18
    # Without a download: its weights are copied from theirs anyway.
    with (
        importable(code),
        on_cpu(),
        patch("torchvision.models.resnet18", lambda pretrained: plain()),
    ):
        theirs = importlib.import_module("capsule.modules").MECapsuleNet((3, 224, 224), 3, 3)
        loss = importlib.import_module("capsule.loss").me_loss
        ours = CapsuleNetwork(3, 224)
        roused(theirs)
        # As they start, all lengths are near 0 and would agree by that alone.
        theirs.digitcaps.weight.data.mul_(MULTIPLIER)
        trunk = theirs.conv.model
        parts = (trunk.conv1, trunk.bn1, trunk.relu, trunk.layer1, trunk.layer2, trunk.layer3)
        for mine, yours in zip(ours.trunk, parts, strict=True):
            mine.load_state_dict(yours.state_dict())
        ours.wide.load_state_dict(theirs.conv1.state_dict())
        ours.primary.load_state_dict(theirs.primarycaps.conv2d.state_dict())
        ours.votes.data.copy_(theirs.digitcaps.weight.data)
        frames = 255 * torch.rand((2, 224, 224), generator=generator)
        with torch.no_grad():
            expected = theirs((frames / 255)[:, None].expand(-1, 3, -1, -1))
            yield numbers("network", "lengths of the capsules", ours.eval()(frames), expected)
        lengths, labels = torch.rand((8, 3), generator=generator), torch.arange(8) % 3
        expected = loss(torch.nn.functional.one_hot(labels, 3).float(), lengths)
        made = margin_loss(lengths, labels, present=0.99, absent=0.01)
        yield numbers("recipe", "loss", made, expected)
    method = CapsuleNet()
    yield from settings(
        {
            "epochs": (method.epochs, setting(code, TRAIN, r"\nepochs = (\d+)")),
            "batch size": (method.batch_size, setting(code, TRAIN, r"\nbatch_size = (\d+)")),
            "learning rate": (method.learning_rate, setting(code, TRAIN, r"\nlr = ([\d.]+)")),
            "decay": (method.decay, setting(code, TRAIN, r"lr_decay_value = ([\d.]+)")),
        },
    )


AUTHORS = Authors(
    "davidnvq/me_recognition",
    "cd46da69f9933ac8523e8701e1e2795451d29dfd",
    compare,
    (TRAIN, LOSS, "capsule/modules/capsule_net.py"),
)
