"""Two graph-attention streams: where landmarks go, and the flow around them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class GraphAttention(nn.Module):
    """Nodes attend to their neighbours (Velickovic et al., 2018), heads side by side.

    Args:
        inputs: values a node.
        width: values a node and head.
        heads: number of heads.
    """

    def __init__(self, inputs: int, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(inputs, heads * width, bias=False)
        self.source = nn.Parameter(0.1 * torch.randn(heads, width))
        self.target = nn.Parameter(0.1 * torch.randn(heads, width))

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """(n, nodes, inputs) to (n, nodes, heads width); adjacency (nodes, nodes) is boolean."""
        # Heads before nodes: the softmax then runs over neighbours that lie together.
        h = self.project(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
        to, of = (h * self.target[:, None]).sum(-1), (h * self.source[:, None]).sum(-1)
        scores = functional.leaky_relu(to[..., None] + of[..., None, :], 0.2)
        # Every node is its own neighbour, so that no row is all -inf.
        mixed = scores.masked_fill(~adjacency, float("-inf")).softmax(-1) @ h
        return functional.elu(mixed.transpose(1, 2).flatten(2))


class Stream(nn.Module):
    """Two layers of attention, then the mean of the nodes: (n, nodes, inputs) to (n, 64)."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.first, self.second = GraphAttention(inputs, 16), GraphAttention(64, 16)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x: Tensor, adjacency: Tensor) -> Tensor:
        """Features."""
        x = self.dropout(self.first(x, adjacency))
        features: Tensor = self.second(x, adjacency).mean(1)
        return features


class TwoStreamNet(nn.Module):
    """Positions (n, 153, 2) and flow patches (n, 153, 200) to logits (n, classes).

    Args:
        num_classes: number of classes.
        adjacency: (153, 153) boolean, nodes joined to themselves too.
    """

    adjacency: Tensor

    def __init__(self, num_classes: int, adjacency: Tensor) -> None:
        super().__init__()
        nodes = len(adjacency)
        # Positions are fractions of the image, flow is in pixels: this puts both on one scale.
        self.scale = nn.ModuleDict(
            {"points": nn.BatchNorm1d(nodes * 2), "patches": nn.BatchNorm1d(nodes * 200)}
        )
        self.points, self.patches = Stream(2), Stream(200)
        self.head = nn.Linear(128, num_classes)
        self.register_buffer("adjacency", adjacency)

    def forward(self, clip: dict[str, Tensor]) -> Tensor:
        """Logits."""
        made = []
        for name, stream in (("points", self.points), ("patches", self.patches)):
            x = self.scale[name](clip[name].flatten(1)).view(clip[name].shape)
            made.append(stream(x, self.adjacency))
        return self.head(torch.cat(made, 1))  # type: ignore[no-any-return]
