"""AU-GCN: motion around landmarks, read against what action units have to do with each other."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

BROWS, POINTS, PATCH = 10, 30, 7
UNITS = (1, 2, 4, 10, 12, 14, 15, 17, 25)
"""Action units of the graph: three of the brows, six of the mouth."""
UPPER = 3
ATTENTION_DROPOUT = 0.1


class Encoder(nn.Module):
    """Attention and a perceptron, both post-normalised, over landmarks (n, points, 49)."""

    def __init__(self, dim: int = 49, heads: int = 8, width: int = 16) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * heads * width, bias=False)
        self.out = nn.Linear(heads * width, dim, bias=False)
        self.perceptron = nn.Sequential(nn.Linear(dim, 128), nn.ReLU(), nn.Linear(128, dim))
        self.first, self.second = nn.LayerNorm(dim, 1e-6), nn.LayerNorm(dim, 1e-6)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Landmarks of the same shape."""
        n, points, _ = x.shape
        q, k, v = self.qkv(x).view(n, points, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        dropped = ATTENTION_DROPOUT if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(q, k, v, dropout_p=dropped).transpose(1, 2)
        x = self.first(x + self.dropout(self.out(mixed.reshape(n, points, -1))))
        return self.second(x + self.dropout(self.perceptron(x)))  # type: ignore[no-any-return]


class Region(nn.Module):
    """Six encoders and two layers: patches of a region (n, points, 49) to (n, 160).

    Args:
        points: landmarks of the region.
        chained: False reproduces a slip of the public code, which feeds every encoder the same
            input and keeps the last one's output.
    """

    def __init__(self, points: int, chained: bool) -> None:
        super().__init__()
        self.encoders = nn.Sequential(*(Encoder() for _ in range(6)))
        self.chained = chained
        self.reduce = nn.Sequential(
            nn.Flatten(),
            nn.Linear(points * PATCH * PATCH, 320),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(320, 160),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Features."""
        return self.reduce(self.encoders(x) if self.chained else self.encoders[-1](x))  # type: ignore[no-any-return]


class AUGCNetwork(nn.Module):
    """Patches (n, 30, 7, 7) of apex minus onset to logits (n, classes).

    Args:
        num_classes: number of classes.
        graph: (9, 9) normalised co-occurrence of the action units.
        chained: see `Region`.
    """

    graph: Tensor

    def __init__(self, num_classes: int, graph: Tensor, chained: bool) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(POINTS, POINTS, 3, padding=1, groups=POINTS),
            nn.BatchNorm2d(POINTS),
            nn.ReLU(),
            nn.Flatten(2),
        )
        self.brows, self.mouth = Region(BROWS, chained), Region(POINTS - BROWS, chained)
        self.units = nn.Parameter(0.01 * torch.randn(len(UNITS), 40))
        self.first = nn.Linear(40, 80, bias=False)
        self.second = nn.Linear(80, 160, bias=False)
        for layer in (self.first, self.second):
            # By the outputs, as graph convolutions are (Kipf, Welling 2017), not by the inputs.
            bound = layer.out_features**-0.5
            nn.init.uniform_(layer.weight, -bound, bound)
        self.norm = nn.LayerNorm(len(UNITS), 1e-6)
        self.head = nn.Linear(len(UNITS), num_classes)
        self.register_buffer("graph", graph)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        x = self.stem(patches)
        nodes = functional.leaky_relu(self.graph @ self.first(self.units), 0.2)
        nodes = functional.leaky_relu(self.graph @ self.second(nodes), 0.2)
        # Brows are read against units 1, 2 and 4 alone, the mouth against the other six.
        upper = self.brows(x[:, :BROWS]) @ nodes[:UPPER].T
        lower = self.mouth(x[:, BROWS:]) @ nodes[UPPER:].T
        return self.head(self.norm(torch.cat([upper, lower], 1)))  # type: ignore[no-any-return]
