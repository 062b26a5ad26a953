"""AU-GCN held against the public code of its authors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from bench.check.authors import Authors, Comparison, importable, numbers, on_cpu, roused

from . import scaled_by_degree
from .net import AUGCNetwork

ADJACENCIES = tuple(f"data/adj/adj_train{fold}.npy" for fold in range(1, 69))


def compare(code: Path) -> Iterator[Comparison]:
    """Logits for a fold's graph, and the graphs of all folds as they are scaled."""
    # The clone needs the alias `np.int`, which NumPy has dropped.
    with importable(code), on_cpu(), patch.object(np, "int", int, create=True):
        model = importlib.import_module("t_g_model_3and6").NetworkModel
        scale = importlib.import_module("utils").gen_adj
        theirs = roused(model(str(code / ADJACENCIES[0])))
        graphs = [np.load(code / name) + np.eye(9) for name in ADJACENCIES]
        ours = AUGCNetwork(3, torch.from_numpy(scaled_by_degree(graphs[0])), chained=False).eval()
        _fill(ours, theirs)
        patches = torch.randn((8, 30, 7, 7), generator=torch.Generator().manual_seed(0))
        with torch.no_grad():
            expected = theirs(patches)
            yield numbers("network", "log of scores", ours(patches).log_softmax(1), expected)
        made = [scaled_by_degree(graph) for graph in graphs]
        expected = [scale(torch.from_numpy(graph).float()).numpy() for graph in graphs]
        yield numbers("network", "graphs of 68 folds", np.stack(made), np.stack(expected))


def _fill(ours: Any, theirs: Any) -> None:
    """Give ours the weights of theirs."""
    ours.stem[0].load_state_dict(theirs.depth_wise_conv.state_dict())
    ours.stem[1].load_state_dict(theirs.bn1.state_dict())
    _fill_region(ours.brows, theirs.layer_stack, theirs.linear1, theirs.linear3)
    _fill_region(ours.mouth, theirs.layer_stack1, theirs.linear2, theirs.linear4)
    with torch.no_grad():
        ours.units.copy_(theirs.embedding.weight)
        ours.first.weight.copy_(theirs.gc1_1.weight.T)
        ours.second.weight.copy_(theirs.gc1_2.weight.T)
    ours.norm.load_state_dict(theirs.layer_norm1.state_dict())
    ours.head.load_state_dict(theirs.linear5.state_dict())


def _fill_region(ours: Any, layers: Any, wide: Any, narrow: Any) -> None:
    for mine, yours in zip(ours.encoders, layers, strict=True):
        attention, perceptron = yours.slf_attn, yours.pos_ffn
        parts = (attention.w_qs, attention.w_ks, attention.w_vs)
        mine.qkv.weight.data.copy_(torch.cat([part.weight for part in parts]))
        mine.out.weight.data.copy_(attention.fc.weight)
        mine.first.load_state_dict(attention.layer_norm.state_dict())
        mine.second.load_state_dict(perceptron.layer_norm.state_dict())
        mine.perceptron[0].load_state_dict(perceptron.w_1.state_dict())
        mine.perceptron[2].load_state_dict(perceptron.w_2.state_dict())
    ours.reduce[1].load_state_dict(wide.state_dict())
    ours.reduce[4].load_state_dict(narrow.state_dict())


AUTHORS = Authors(
    "raying777/FGRMER",
    "1ed1be288decf9c4c3ba8f03d7662ca29c838c09",
    compare,
    ("t_g_model_3and6.py", "utils.py", "transformer/Layers.py", *ADJACENCIES),
)
