"""HTNet held against the public code of its authors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.check.authors import (
    Authors,
    Comparison,
    batches,
    importable,
    numbers,
    roused,
    setting,
    settings,
)

from . import CENTRES, HTNet
from .net import HTNetwork

MAIN, MODEL = "main_HTNet.py", "Model.py"
SHAPE = {
    "image_size": 28,
    "patch_size": 7,
    "dim": 256,
    "heads": 3,
    "num_hierarchies": 3,
    "block_repeats": (2, 2, 10),
    "num_classes": 3,
}
"""As the authors' script builds it."""


def compare(code: Path) -> Iterator[Comparison]:
    """Logits, the centres of the crops, and the settings of the script."""
    with importable(code):
        theirs = roused(importlib.import_module("Model").HTNet(**SHAPE))
    ours = HTNetwork(3).eval()
    _fill(ours, theirs)
    planes = torch.randint(256, (2, 3, 28, 28), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        yield numbers("network", "logits", ours(planes), theirs(planes.float()))
    # The points for faces that their detector misses: eyes, nose, corners of the mouth.
    pattern = r"np\.array\(\[\[" + r"[\s,]*\[([\d.]+), ([\d.]+)\]" * 5
    points = np.array([setting(code, MAIN, pattern, at) for at in range(1, 11)]).reshape(5, 2)
    centres = points.clip(7, 21).astype(int)[[0, 1, 3, 4]]
    yield numbers("preprocessing", "centres of crops", np.array(CENTRES), centres)
    method = HTNet()
    yield from settings(
        {
            "epochs": (method.epochs, setting(code, MAIN, r"\bepochs = (\d+)")),
            "batch size": (method.batch_size, setting(code, MAIN, r"batch_size = (\d+)")),
            "learning rate": (method.learning_rate, setting(code, MAIN, r"rate = ([\d.]+)")),
        }
    )
    yield batches(code, MAIN)


def _fill(ours: Any, theirs: Any) -> None:
    """Give ours the weights of theirs: 1 x 1 convolutions become linear layers."""
    patches = theirs.to_patch_embedding[1]
    # Their channels are row, column, plane of a patch.
    weight = patches.weight.view(256, 7, 7, 3).permute(0, 3, 1, 2)
    ours.embed.load_state_dict({"weight": weight, "bias": patches.bias})
    for at, (transformer, aggregate) in enumerate(theirs.layers):
        level = ours.levels[2 * at]
        level.position.data.copy_(transformer.pos_emb)
        for mine, (attention, perceptron) in zip(level.layers, transformer.layers, strict=True):
            _fill_norm(mine.norm, attention.norm)
            _fill_linear(mine.qkv, attention.fn.to_qkv)
            _fill_linear(mine.out, attention.fn.to_out[0])
            _fill_norm(mine.perceptron[0], perceptron.norm)
            _fill_linear(mine.perceptron[1], perceptron.fn.net[0])
            _fill_linear(mine.perceptron[3], perceptron.fn.net[3])
        if at < 2:
            ours.levels[2 * at + 1][0].load_state_dict(aggregate[0].state_dict())
            _fill_norm(ours.levels[2 * at + 1][1], aggregate[1])
    _fill_norm(ours.norm, theirs.mlp_head[0])
    ours.head.load_state_dict(theirs.mlp_head[2].state_dict())


def _fill_norm(ours: Any, theirs: Any) -> None:
    ours.weight.data.copy_(theirs.g.flatten())
    ours.bias.data.copy_(theirs.b.flatten())


def _fill_linear(ours: Any, theirs: Any) -> None:
    ours.load_state_dict(
        {n: v.flatten(1) if v.ndim > 1 else v for n, v in theirs.state_dict().items()}
    )


AUTHORS = Authors(
    "wangzhifengharrison/HTNet",
    "91cf4bda0a2db50d638d46c04c5d7cf3b602d446",
    compare,
    (MAIN, MODEL),
)
