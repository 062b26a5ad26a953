"""STSTNet held against the public code of its authors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from bench.check.authors import (
    Authors,
    Comparison,
    batches,
    definitions,
    numbers,
    roused,
    setting,
    settings,
)

from . import STSTNet
from .net import STSTNet as Network
from .weights import from_streams

MAIN, WEIGHTS = "main.py", "STSTNet_Weights/s01.pth"


def compare(code: Path) -> Iterator[Comparison]:
    """Logits, with weights at random and with those published, and the settings of the script."""
    theirs = definitions(code, MAIN, ("STSTNet",), {"nn": nn, "torch": torch})["STSTNet"]()
    ours = Network(3).eval()
    planes = torch.randint(256, (16, 3, 28, 28), generator=torch.Generator().manual_seed(0))
    published = torch.load(code / WEIGHTS, map_location="cpu", weights_only=True)
    for what in ("logits", f"logits with {WEIGHTS}"):
        if what == "logits":
            roused(theirs)
        else:
            theirs.load_state_dict(published)
        ours.load_state_dict(from_streams(theirs.state_dict()))
        with torch.no_grad():
            expected = theirs.eval()(planes.flip(1).float())
            yield numbers("network", what, ours(planes), expected)
    method = STSTNet()
    yield from settings(
        {
            "epochs": (method.epochs, setting(code, MAIN, r"\bepochs = (\d+)")),
            "batch size": (method.batch_size, setting(code, MAIN, r"batch_size = (\d+)")),
            "learning rate": (method.learning_rate, setting(code, MAIN, r"rate = ([\d.]+)")),
        }
    )
    yield batches(code, MAIN)


AUTHORS = Authors(
    "christy1206/STSTNet",
    "1afb56e670ee1d4f9864d21e43cfd95a291864e4",
    compare,
    (MAIN, WEIGHTS),
)
