"""Several folds in one batch end with the weights of one fold after another, in float64."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.lr_scheduler import ExponentialLR

from bench.learning.layers import HalfDropout
from bench.learning.together import train_many
from bench.learning.training import NetworkModel, Recipe, adam, sgd, train
from bench.plugins.context import Context


class Net(nn.Module):
    """Everything that could tell folds apart: batch statistics and two kinds of dropout.

    No biases before batch statistics: their gradient is rounding alone, and Adam enlarges it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(5, 8, bias=False), nn.BatchNorm1d(8), nn.Dropout(0.3))
        self.second = nn.Sequential(nn.Linear(8, 6, bias=False), nn.BatchNorm1d(6), HalfDropout())
        self.head = nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.second(self.first(x))
        return self.head(self.second[2](x))


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def folds(*sizes: int, seeds: tuple[int, ...] = (1, 2, 3, 4)):
    """Folds of several sizes with seeds of their own."""
    rng = np.random.default_rng(0)
    made = []
    for n, seed in zip(sizes, seeds, strict=False):
        labels = rng.integers(3, size=n)
        clips = [rng.normal(label, size=5) for label in labels]
        made.append((clips, labels, Context(seed, np.zeros(n))))
    return made


def jitter(batch, generator):
    return batch + 0.1 * torch.randn(batch.shape, generator=generator)


RECIPES = {
    "plain": Recipe(4, 8, adam(1e-2)),
    "augmented": Recipe(4, 8, sgd(1e-2), lambda o: ExponentialLR(o, 0.9), augment=jitter),
}


def same(one: NetworkModel, other: NetworkModel) -> None:
    for name, value in other.net.state_dict().items():
        assert torch.allclose(one.net.state_dict()[name], value, rtol=1e-8, atol=1e-11), name


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_equals_fold_by_fold(recipe):
    """17 leaves a clip alone, 19 and 23 last batches of other sizes, 16 none; one is tiny."""
    sizes = (17, 19, 16, 3)
    together = train_many(Net, folds(*sizes), recipe)
    for model, (clips, labels, context) in zip(together, folds(*sizes), strict=True):
        alone = train(Net, clips, labels, context, recipe)
        same(model, alone)
        assert np.allclose(model.predict(clips), alone.predict(clips), rtol=1e-9)


def test_company_changes_nothing():
    few = train_many(Net, folds(17, 19), RECIPES["plain"])
    many = train_many(Net, folds(17, 19, 17, 23), RECIPES["plain"])
    for one, other in zip(few, many, strict=False):
        same(one, other)


def test_checkpoints_and_curves_are_those_of_each_fold():
    together, alone = folds(17, 12), folds(17, 12)
    for _, _, context in (*together, *alone):
        context._held_out = [np.ones(5)]
    train_many(Net, together, RECIPES["plain"])
    for (_, _, context), (clips, labels, own) in zip(together, alone, strict=True):
        train(Net, clips, labels, own, RECIPES["plain"])
        assert [step for step, _ in context.trace] == [step for step, _ in own.trace]
        assert np.allclose([s for _, s in context.trace], [s for _, s in own.trace], rtol=1e-9)
        assert [p["loss"] for p in context.curve] == pytest.approx([p["loss"] for p in own.curve])


def test_a_network_of_the_bench():
    """Bytes in, convolutions, pooling and batch statistics."""
    from bench.methods.shcfnet.net import HierarchicalNet

    rng = np.random.default_rng(0)
    given = []
    for n, seed in ((7, 5), (6, 6)):
        clips = list(rng.integers(256, size=(n, 3, 28, 28), dtype=np.uint8))
        given.append((clips, np.arange(n) % 3, Context(seed, np.zeros(n))))
    recipe = Recipe(2, 4, sgd(1e-3))
    together = train_many(lambda: HierarchicalNet(3), given, recipe)
    for model, (clips, labels, context) in zip(together, given, strict=True):
        same(model, train(lambda: HierarchicalNet(3), clips, labels, context, recipe))


def test_global_random_state_is_untouched():
    before = torch.get_rng_state()
    train_many(Net, folds(9, 8), RECIPES["plain"])
    assert torch.equal(before, torch.get_rng_state())
