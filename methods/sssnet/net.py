"""SSSNet: the small single-stream network of cross-database learning."""

from __future__ import annotations

from torch import Tensor, nn

from bench.learning.layers import unit

SIDE = 64


class SSSNetwork(nn.Module):
    """Planes (n, 3, 28, 28) u, v, strain in 0 .. 255, enlarged to 64 x 64, to logits."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 32, 5),
            nn.ReLU(),
            nn.MaxPool2d(3),
            nn.BatchNorm2d(32),
            nn.Dropout2d(0.5),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(64),
            nn.Dropout2d(0.5),
            nn.Flatten(),
            # 64 channels of 9 x 9: 64 px less 4, by 3, less 2, by 2.
            nn.Linear(5184, 256),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(256, num_classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        return self.layers(unit(images, SIDE))  # type: ignore[no-any-return]
