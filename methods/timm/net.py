"""A backbone of the timm library on two key frames or a flow image."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

import timm
from bench.learning import pretrained
from bench.learning.layers import unit

Image = Literal["difference", "apex", "flow"]


class Backbone(nn.Module):
    """Any timm backbone, its head sized to the classes.

    Args:
        name: as timm knows it.
        num_classes: number of classes.
        size: of its input, px.
        image: "difference" and "apex" take grey (n, 2, size, size), onset and apex, in 0 .. 255;
            "flow" takes (n, 3, h, w) in 0 .. 255, enlarged to the size.
        weights: file that it starts from, but for the classifier; "" from scratch.
    """

    def __init__(
        self, name: str, num_classes: int, size: int, image: Image, weights: str = ""
    ) -> None:
        super().__init__()
        self.size, self.image = size, image
        # Backbones with position embeddings must know their input's size when they are made.
        fixed = timm.get_pretrained_cfg(name).fixed_input_size
        extra = {"img_size": size} if fixed else {}
        self.net = timm.create_model(name, pretrained=False, num_classes=num_classes, **extra)
        if weights:
            head = str(self.net.pretrained_cfg["classifier"])
            pretrained.fill(self.net, weights, pretrained.read(weights), without=head)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (n, classes)."""
        x = unit(images, self.size)
        if self.image == "difference":
            # Enlarged: micro-expressions change few grey levels.
            x = 4 * (x[:, 1:] - x[:, :1])
        elif self.image == "apex":
            x = 2 * x[:, 1:] - 1
        else:
            x = 2 * x - 1
        return self.net(x.expand(-1, 3, -1, -1))  # type: ignore[no-any-return]
