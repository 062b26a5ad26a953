"""Ra-ICL: what its branches see, and what the losses make of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from bench.methods.raicl import RaICL
from bench.methods.raicl.net import Seen, SiameseNet, joint_loss
from bench.views.clip_views import Views

CLASSES = [(i, j) for i in range(4) for j in range(3)]


class Brightness(torch.nn.Module):
    """A stand-in for ResNet's trunk: each place's planes, repeated to 512 channels."""

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [x.repeat(1, 171, 1, 1)[:, :512]]


def seen(seed: int, sure: int | None = None) -> Seen:
    """What a branch might see in four instances on maps of 2 x 3."""
    draw = torch.Generator().manual_seed(seed)
    logits = torch.zeros(4, 3)
    if sure is not None:
        logits[:, sure] = 50
    shares = torch.randn(4, 8, 2, 3, generator=draw).mul(9).softmax(1)
    maps, regions = (torch.randn(4, *n, generator=draw) for n in ((3, 2, 3), (8, 512)))
    return Seen(logits, maps, shares, regions)


def test_what_two_instances_agree_on_costs_nothing_but_its_entropy():
    one, labels = seen(0, sure=1), torch.full((4,), 1)
    entropy = -(one.shares * one.shares.log()).sum(1).mean().item()
    assert joint_loss((one, one), labels, 1, 1, 1).item() == pytest.approx(entropy, abs=1e-5)
    assert joint_loss((one, one), labels, 1, 1, 0) < 1e-6


def test_each_part_of_the_joint_loss_is_its_formula():
    one, other, labels = seen(0), seen(1), torch.tensor([0, 1, 2, 0])
    assert joint_loss((one, other), labels, 0.5, 0, 0).item() == pytest.approx(0.5 * np.log(3))
    # 1 / LHW of the summed norms of L = 3 classes' maps, mean of four instances.
    norms = [np.linalg.norm((one.maps[i, j] - other.maps[i, j]).numpy()) for i, j in CLASSES]
    found = joint_loss((one, other), labels, 0, 1, 0).item()
    assert found == pytest.approx(sum(norms) / 4 / (3 * 2 * 3), rel=1e-5)
    # The target's shares are those to be met; opposite regions are 2 apart.
    met = -sum(
        (other.shares[:, m] * one.shares[:, m].log()).sum().item() / (4 * 2 * 3) for m in range(8)
    )
    opposed = other._replace(regions=-one.regions)
    assert joint_loss((one, opposed), labels, 0, 0, 1).item() == pytest.approx(met + 2, rel=1e-5)


def test_ra_icl_decides_by_the_middle_instance_alone():
    net = SiameseNet(3).eval()
    frames = torch.randint(256, (2, 16, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    other = frames.roll(1, dims=1)
    other[:, 8] = frames[:, 8]
    with torch.no_grad():
        assert torch.equal(net(frames), net(other))
        other[:, 8] = frames[:, 7]
        assert not torch.equal(net(frames), net(other))


def test_a_mirrored_instance_is_compared_where_it_was():
    """Both branches alike and an instance beside itself, mirrored: what they see is the same."""
    net = SiameseNet(3).train()
    # A trunk that mirrors as it should: of its own map it keeps nothing but places' brightness.
    for branch in (net.online, net.target):
        branch.trunk = Brightness()
    frames = torch.randint(256, (2, 1, 3, 4, 4), generator=torch.Generator().manual_seed(0))
    online, target = net(frames.expand(-1, 16, -1, -1, -1))
    for mine, yours in zip(online, target, strict=True):
        assert torch.allclose(mine, yours, atol=1e-4)
    assert not torch.allclose(online.maps, target.maps.flip(3), atol=1e-2)


def test_the_target_branch_follows_and_never_learns():
    net = SiameseNet(3).train()
    frames = torch.randint(256, (2, 16, 3, 64, 64), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        net.online.head.weight += 1
    before = net.target.head.weight.clone()
    made = net(frames)
    joint_loss(made, torch.tensor([0, 1]), 0.5, 0.5, 0.5).backward()
    # A hundredth of the way, at a momentum of .99.
    assert torch.allclose(net.target.head.weight - before, torch.tensor(0.01), atol=1e-6)
    assert all(p.grad is None for p in net.target.parameters())
    for name, part in net.online.named_children():
        assert any(p.grad.abs().sum() > 0 for p in part.parameters()), name
    assert net.online.queries.grad.abs().sum() > 0


@pytest.mark.parametrize("length", [2, 5, 16, 17, 18, 60])
def test_instances_are_sixteen_from_the_middle_and_never_the_onset(length, monkeypatch):
    """Frames are told apart by the grey level that stands for their flow."""
    import bench.methods.raicl as module

    def mark(onset: np.ndarray, frame: np.ndarray) -> np.ndarray:
        used.append(int(frame[0, 0]))
        return np.zeros((2, 8, 8), np.float32)

    used: list[int] = []
    monkeypatch.setattr(module, "flow_between", mark)
    frames = np.broadcast_to(np.arange(length, dtype=np.uint8)[:, None, None], (length, 8, 8))
    assert RaICL(size=8).describe(Views({"frames": frames})).shape == (16, 3, 8, 8)
    assert min(used) >= 1
    assert len(used) == min(16, length - 1)
    if length > 16:
        assert used == list(range(used[0], used[0] + 16))
        assert abs(np.mean(used) - (length - 1) / 2) <= 1


def test_the_recipe_is_that_of_the_summary():
    """Adam at 1e-3 with weight decay 1e-4, falling by .9 an epoch (papernotes.org)."""
    recipe = RaICL().recipe(None, None)
    weight = torch.nn.Parameter(torch.zeros(1))
    optimiser = recipe.optimiser([weight])
    schedule = recipe.scheduler(optimiser)
    group = optimiser.param_groups[0]
    assert (group["lr"], group["weight_decay"]) == (1e-3, 1e-4)
    optimiser.step()
    schedule.step()
    assert group["lr"] == pytest.approx(9e-4)
    assert (recipe.epochs, recipe.batch_size) == (100, 128)
