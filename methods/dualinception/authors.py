"""Dual-Inception held against the public code of its authors, in Keras."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.check.authors import Authors, Comparison, definitions, numbers, setting, settings

from . import DualInception
from .net import DualInceptionNet

SCRIPT = "dual_inception.py"


def compare(code: Path) -> Iterator[Comparison]:
    """Class scores, and the settings of the script."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    given = {**vars(keras.layers), "Model": keras.Model, "Adam": lambda **_: "adam"}
    given |= {"num_class": 3, "Input": keras.Input}
    keras.utils.set_random_seed(0)
    theirs = definitions(code, SCRIPT, ("create_inception_model",), given)[
        "create_inception_model"
    ]()
    ours = DualInceptionNet(3).eval()
    _fill(ours, theirs)
    planes = torch.randint(256, (4, 3, 28, 28), generator=torch.Generator().manual_seed(0))
    # A component is a grey image, which OpenCV reads as three equal channels.
    u, v = (np.repeat(planes[:, at, :, :, None].numpy() / 255, 3, axis=3) for at in (0, 1))
    with torch.no_grad():
        expected = keras.ops.convert_to_numpy(theirs([u, v]))
        yield numbers("network", "scores", ours(planes).softmax(1), expected)
    method = DualInception()
    yield from settings(
        {
            "epochs": (method.epochs, setting(code, SCRIPT, r"epochs=(\d+)")),
            "batch size": (method.batch_size, setting(code, SCRIPT, r"batch_size=(\d+)")),
            "learning rate": (method.learning_rate, setting(code, SCRIPT, r"lr=([\d.]+)")),
        }
    )


def _fill(ours: Any, theirs: Any) -> None:
    """Give ours the weights of theirs, layer by layer in the order in which they are made."""
    streams = [ours.u[0], ours.u[2], ours.v[0], ours.v[2]]
    convolutions = [
        c for block in streams for c in block.modules() if isinstance(c, torch.nn.Conv2d)
    ]
    made = [layer for layer in theirs.layers if layer.get_weights()]
    # Keras lists layers by depth, and numbers their names in the order in which they are made.
    made.sort(key=lambda layer: (not layer.name.startswith("conv2d"), _number(layer.name)))
    for mine, layer in zip((*convolutions, ours.hidden, ours.head), made, strict=True):
        weight, bias = (torch.from_numpy(np.array(array)) for array in layer.get_weights())
        if weight.ndim == 2 and mine is ours.hidden:
            # They flatten row, column, channel, each stream by itself; we flatten channel first.
            weight = weight.view(2, 7, 7, 64, -1).permute(0, 3, 1, 2, 4).flatten(0, 3)
        turned = weight.T if weight.ndim == 2 else weight.permute(3, 2, 0, 1)
        mine.load_state_dict({"weight": turned, "bias": bias})


def _number(name: str) -> int:
    return int(name.rpartition("_")[2]) if name[-1].isdigit() and "_" in name else 0


AUTHORS = Authors(
    "xly135846/MEGC2019", "0637394e53a5b06a2908c1db7a1800a597508003", compare, (SCRIPT,)
)
