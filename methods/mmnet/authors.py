"""MMNet held against the public code of its authors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torchvision.transforms import Resize

from bench.check.authors import (
    Authors,
    Comparison,
    definitions,
    importable,
    numbers,
    roused,
    setting,
    settings,
)

from . import MMNet
from .net import DEVIATION, MEAN, MMNetwork

FIVE, THREE = "CASME2_5.py", "CASME2_3.py"


def compare(code: Path) -> Iterator[Comparison]:
    """Logits of the five-class network, and the settings of both scripts."""
    with importable(code):
        given = {
            "resnet18_pos_attention": importlib.import_module("CA_block").resnet18_pos_attention,
            "VisionTransformer_POS": importlib.import_module("PC_module").VisionTransformer_POS,
        }
        given |= {"torch": torch, "nn": nn, "partial": partial, "Resize": Resize}
        theirs = roused(definitions(code, FIVE, ("MMNet",), given)["MMNet"]())
    ours = MMNetwork(5, 224).eval()
    _fill(ours, theirs)
    frames = 255 * torch.rand((2, 2, 224, 224), generator=torch.Generator().manual_seed(0))
    onset, apex = (
        ((frames / 255 - MEAN) / DEVIATION)[:, :, None].expand(-1, -1, 3, -1, -1).unbind(1)
    )
    unused = [None] * 3
    with torch.no_grad():
        expected = theirs(onset, *unused, apex, *unused, None, False)
        yield numbers("network", "logits", ours(frames), expected)
    for classes, name, preset in ((5, FIVE, {}), (3, THREE, MMNet.presets["3class"])):
        method = MMNet(**preset)
        words = {
            "epochs": (method.epochs, setting(code, name, r"in range\(1, (\d+)\)") - 1),
            "batch size": (method.batch_size, setting(code, name, r"batch_size=(\d+),")),
            "learning rate": (method.learning_rate, setting(code, name, r"AdamW\(.*lr=([\d.]+)")),
            "weight decay": (method.weight_decay, setting(code, name, r"weight_decay=(0\.\d)\)")),
            "rotation": (method.rotation, setting(code, name, r"RandomRotation\((\d+)\)")),
            "shift": (method.shift, setting(code, name, r"padding=(\d+)\),\s*\]")),
            "depth": (method.depth, setting(code, name, r"depth=(\d)")),
            "mlp ratio": (method.mlp_ratio, setting(code, name, r"mlp_ratio=(\d)")),
            "drop path": (method.drop_path, setting(code, name, r"drop_path_rate=([\d.]+)")),
        }
        yield from settings({f"{what} ({classes})": pair for what, pair in words.items()})


def _fill(ours: Any, theirs: Any) -> None:
    """Give ours the weights of theirs."""
    positions = theirs.vit_pos
    ours.positions.blocks.load_state_dict(positions.blocks.state_dict())
    ours.positions.norm.load_state_dict(positions.norm.state_dict())
    ours.positions.embed.load_state_dict(positions.patch_embed.proj.state_dict())
    ours.positions.position.data.copy_(positions.pos_embed)
    trunk = theirs.main_branch
    pairs = [
        (ours.motion[0], theirs.conv_act[:2]),
        (ours.motion[2], (trunk.conv1, trunk.bn1)),
        ((ours.head,), (trunk.fc,)),
    ]
    for at, block in enumerate(ours.blocks, start=1):
        (yours,) = getattr(trunk, f"layer{at}")
        pairs += [
            (block.wide, (yours.conv1, yours.bn1)),
            (block.point, (yours.conv2, yours.bn2)),
            (block.attend, yours.attn[:2]),
        ]
        if yours.downsample is not None:
            pairs.append((block.shortcut, yours.downsample))
    for mine, given in pairs:
        for layer, weights in zip(mine, given, strict=True):
            layer.load_state_dict(weights.state_dict())


AUTHORS = Authors(
    "muse1998/MMNet",
    "7b62fa9d56f4356c0d1d8557aa0042748693bc06",
    compare,
    (FIVE, THREE, "CA_block.py", "PC_module.py"),
)
