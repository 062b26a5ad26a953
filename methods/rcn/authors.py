"""RCN-A held against its authors' script, and against MEB, which carries their network."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from bench.check.authors import (
    Authors,
    Comparison,
    batches,
    momentum,
    numbers,
    roused,
    setting,
    settings,
)

from . import RCN
from .net import RCNA, SIDE

MODELS, SCRIPT = "meb/models/RCNs.py", "ModelTrain_Final.py"


def compare(code: Path) -> Iterator[Comparison]:
    """Logits of both sizes."""
    for width, pool in ((64, 7), (32, 5)):
        theirs = roused(_module(code / MODELS).RCN_A(3, width, 3, pool_size=pool))
        ours = RCNA(3, width, pool).eval()
        _fill(ours, theirs)
        generator = torch.Generator().manual_seed(0)
        planes = torch.randint(256, (4, 3, SIDE, SIDE), generator=generator)
        with torch.no_grad():
            made, expected = ours(planes), theirs(planes / 255)
        yield numbers("network", f"logits of width {width}, pool {pool}", made, expected)


def compare_recipe(code: Path) -> Iterator[Comparison]:
    """The settings of the authors' script, which are defaults of its options."""
    method = RCN()

    def default(option: str) -> float:
        return setting(code, SCRIPT, rf"'--{option}', type=\w+, default=([\d.]+)")

    yield from settings(
        {
            "epochs": (method.epochs, default("epochs")),
            "batch size": (method.batch_size, default("batchsize")),
            "learning rate": (method.learning_rate, default("learningrate")),
            "momentum": (
                momentum(method),
                setting(code, SCRIPT, r"\n +optimizer_ft = .*momentum=([\d.]+)"),
            ),
            "width": (method.width, default("featuremap")),
            "pool": (method.pool, default("poolsize")),
        }
    )
    yield batches(code, SCRIPT)


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("their_rcns", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fill(ours: Any, theirs: Any) -> None:
    """Give ours the weights of theirs."""
    (block,) = theirs.rcls.layers if hasattr(theirs.rcls, "layers") else theirs.rcls
    pairs = ((ours.recurrent.first, block.ffconv), (ours.recurrent.shared, block.rrconv))
    for mine, yours in ((ours.stem, theirs.conv1), *pairs, (ours.head, theirs.fc)):
        mine.load_state_dict(yours.state_dict())


AUTHORS = (
    Authors("tvaranka/meb", "f731b0a981683a24f6be2e026208811849dee3ad", compare, (MODELS,)),
    Authors(
        "xiazhaoqiang/ParameterFreeRCNs-MicroExpressionRec",
        "0c516cb67d394173148961ea8145304aa71324d2",
        compare_recipe,
        (SCRIPT,),
    ),
)
