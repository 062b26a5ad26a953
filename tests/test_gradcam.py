"""Grad-CAM against its formula."""

from __future__ import annotations

import torch
from torch import nn

from bench.learning.gradcam import grad_cam


class TwoStreams(nn.Module):
    """Logits that are weighted sums of two 1 x 1 convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 2, 1), nn.Conv2d(1, 2, 1)
        self.head = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = torch.cat([self.first(x), self.second(x)], 1)
        return self.head(maps.sum((2, 3)))


def test_a_map_is_what_the_weighted_channels_say_for_the_class() -> None:
    torch.manual_seed(0)
    net, x = TwoStreams().eval(), torch.rand(1, 1, 4, 5)
    found = grad_cam(net, [net.first, net.second], (x,), 1)
    weights = (net.head.weight[1, :2], net.head.weight[1, 2:])
    for layer, weight, map_ in zip((net.first, net.second), weights, found, strict=True):
        expected = (layer(x)[0] * weight[:, None, None]).sum(0).relu()
        assert torch.allclose(torch.from_numpy(map_).float(), expected, atol=1e-6)
        assert map_.shape == (4, 5)


def test_without_a_label_the_predicted_class_is_explained_and_nothing_is_left_behind() -> None:
    torch.manual_seed(0)
    net, x = TwoStreams().eval(), torch.rand(1, 1, 4, 4)
    label = int(net(x).argmax())
    one, other = (grad_cam(net, [net.first], (x,), which)[0] for which in (None, label))
    assert (one == other).all()
    assert not net.first._forward_hooks
    assert net.first.weight.grad is None
