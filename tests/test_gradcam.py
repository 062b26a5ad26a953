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


def test_a_map_is_the_weighted_sum_of_its_channels_and_parallel_layers_add_up() -> None:
    torch.manual_seed(0)
    net, x = TwoStreams().eval(), torch.rand(1, 1, 4, 5)
    expected = torch.zeros(4, 5)
    for layer, weights in (
        (net.first, net.head.weight[1, :2]),
        (net.second, net.head.weight[1, 2:]),
    ):
        expected += (layer(x)[0] * weights[:, None, None]).sum(0).relu()
    found = grad_cam(net, [net.first, net.second], x, 1)
    assert torch.allclose(torch.from_numpy(found).float(), expected, atol=1e-6)
    assert found.shape == (4, 5)


def test_without_a_label_the_predicted_class_is_explained_and_nothing_is_left_behind() -> None:
    torch.manual_seed(0)
    net, x = TwoStreams().eval(), torch.rand(1, 1, 4, 4)
    label = int(net(x).argmax())
    assert (grad_cam(net, [net.first], x) == grad_cam(net, [net.first], x, label)).all()
    assert not net.first._forward_hooks
    assert net.first.weight.grad is None
