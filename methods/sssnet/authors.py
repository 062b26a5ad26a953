"""SSSNet held against MEB, the library of its first author."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from bench.check.authors import (
    Authors,
    Comparison,
    definitions,
    numbers,
    roused,
    setting,
    settings,
)

from . import SSSNet
from .net import SIDE, SSSNetwork

MODELS, CONFIG = "meb/models/me_networks.py", "experiments/evaluate.py"


def compare(code: Path) -> Iterator[Comparison]:
    """Logits, and the settings that MEB's script takes where none are given."""
    given = {"nn": nn, "torch": torch, "F": functional, "List": list}
    theirs = roused(definitions(code, MODELS, ("SSSNet",), given)["SSSNet"](3))
    ours = SSSNetwork(3).eval()
    layers = (theirs.conv1, theirs.bn1, theirs.conv2, theirs.bn2, theirs.fc1, theirs.fc)
    learned = [layer for layer in ours.layers if list(layer.parameters())]
    for mine, yours in zip(learned, layers, strict=True):
        mine.load_state_dict(yours.state_dict())
    planes = torch.randint(256, (4, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        yield numbers("network", "logits", ours(planes), theirs(planes / 255))
    dropout = [layer.p for layer in ours.layers if isinstance(layer, (nn.Dropout, nn.Dropout2d))]
    theirs_drop = [theirs.drop1.p, theirs.drop2.p, theirs.drop3.p]
    yield numbers("network", "dropout", dropout, theirs_drop)
    yield Comparison(
        "preprocessing", "scale of the flow", False, "ours 0 .. 1 per clip, theirs in pixels"
    )
    method = SSSNet()
    yield from settings(
        {
            "epochs": (method.epochs, setting(code, CONFIG, r"epochs\", default=(\d+)")),
            "learning rate": (
                method.learning_rate,
                setting(code, CONFIG, r"--lr\", default=([\de.-]+)"),
            ),
            "weight decay": (
                method.weight_decay,
                setting(code, CONFIG, r"decay\", default=([\de.-]+)"),
            ),
            "batch size": (
                method.batch_size,
                setting(code, CONFIG, r"batch_size\", default=(\d+)"),
            ),
        }
    )


AUTHORS = Authors(
    "tvaranka/meb", "f731b0a981683a24f6be2e026208811849dee3ad", compare, (MODELS, CONFIG)
)
