"""LGCcon held against its authors' text files: Caffe's network and solver, and the settings.

Nothing is run: the network needs their fork of Caffe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from bench import BenchError
from bench.check.authors import Authors, Comparison, momentum, numbers, setting, settings

from . import MODEL, LGCcon
from .net import FROZEN, REGIONS, LocalGlobalNet, parameter_groups

NETWORK, SOLVER = f"{MODEL}/train.prototxt", f"{MODEL}/solver.prototxt"
CONFIG, SCRIPT = "lib/fast_rcnn/config.py", "tools/train_net.py"
CLIPS = 136
"""Of SAMM in five classes, which the public network is for."""


def compare(code: Path) -> Iterator[Comparison]:
    """The settings of the network, its loss, its solver and the script."""
    method = LGCcon()
    # Any file: the variant reads its digest and sets the rate.
    refined = LGCcon.from_variant(f"weights={code / SOLVER}")
    batch, rate = setting(code, CONFIG, r"IMS_PER_BATCH = (\d+)"), r"\nbase_lr: ([\d.]+)"
    named = setting(code, SOLVER, r'\nsnapshot_prefix: "007_samm\w+_(\d+)"')
    given = setting(code, SCRIPT, r"'--iters'[^)]*default=(\d+)")
    yield from settings(
        {
            "epochs by the name of the snapshots": (method.epochs, _epochs(named, batch)),
            "epochs by the script's default": (method.epochs, _epochs(given, batch)),
            "batch size": (method.batch_size, batch),
            "learning rate with weights": (refined.learning_rate, setting(code, SOLVER, rate)),
            "learning rate from scratch": (method.learning_rate, setting(code, SOLVER, rate)),
            "momentum": (momentum(method), setting(code, SOLVER, r"\nmomentum: ([\d.]+)")),
            "weight decay": (
                method.weight_decay,
                setting(code, SOLVER, r"\nweight_decay: ([\d.]+)"),
            ),
            "size": (method.size, setting(code, CONFIG, r"TRAIN\.SCALES = \((\d+),\)")),
            "regions": (len(REGIONS), setting(code, CONFIG, r"CONTEXT_NUM_ROIS = (\d+)")),
            "hidden": (method.hidden, _of_layer(code, "fc6", "num_output")),
            "dropout": (method.dropout, _of_layer(code, "drop6", "dropout_ratio")),
            "local weight": (method.local_weight, _of_layer(code, "loss_cls1", "loss_weight")),
            "centre weight": (method.centre_weight, _of_layer(code, "center_loss", "loss_weight")),
        }
    )
    yield from _multipliers(code)


def _epochs(steps: float, batch: float) -> float:
    return round(steps * batch / CLIPS)


def _of_layer(code: Path, layer: str, name: str) -> float:
    """The first number of a name after the name of a layer."""
    return setting(code, NETWORK, rf'(?s)name: "{layer}".*?{name}: ?([\d.]+)')


def _multipliers(code: Path) -> Iterator[Comparison]:
    """Of rate and weight decay: the frozen layers, the other ones to fc7, the class centres."""
    with torch.device("meta"):
        net = LocalGlobalNet(5, "vgg16", 4096, 0.8)
    groups = parameter_groups(net, 1.0, 1.0)
    ours = {
        name: (group["lr"], group["weight_decay"])
        for (name, _), group in zip(net.named_parameters(), groups, strict=True)
    }
    text = (code / NETWORK).read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"lr_mult: (\d+)\s+decay_mult: (\d+)", text)
    if not found:
        raise BenchError(f"{code / NETWORK}: no lr_mult and decay_mult; another commit?")
    theirs = [(float(rate), float(decay)) for rate, decay in found]
    frozen = [one for one in list(net.trunk.children())[:FROZEN] if isinstance(one, nn.Conv2d)]
    still = sum(rate == 0 for rate, _ in theirs)
    yield from settings({"frozen convolutions": (len(frozen), still / 2)})
    # The regions' layers follow in the file and share their weights with fc6 and fc7.
    rows = [row for name, row in ours.items() if name.startswith(("trunk", "describe"))][still:]
    what = "multipliers of the trained layers"
    yield numbers("recipe", what, rows, theirs[still : still + len(rows)])
    for at, what in enumerate(("rate", "weight decay")):
        pair = {f"multiplier of the centres' {what}": (ours["centres"][at], theirs[-1][at])}
        yield from settings(pair)


AUTHORS = Authors(
    "liyantett/Joint-Local-and-Global-Information-Learning-with-Single-Apex-Frame-Detection-for-"
    "Micro-expression-Re",
    "a34d1374fca5e70e5eacf99007220ab6ea04c325",
    compare,
    (NETWORK, SOLVER, CONFIG, SCRIPT),
)
