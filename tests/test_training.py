"""The shared training loop: seeds, odd training sets, checkpoints, deadlines."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch
from torch import nn

from bench.learning.training import Recipe, adam, restored, train
from bench.plugins.context import Context, DeadlineError

RECIPE = Recipe(epochs=3, batch_size=8, optimiser=adam(1e-2))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def data(n: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=n)
    return [rng.normal(label, size=5).astype(np.float32) for label in labels], labels


def context(seed: int = 1, **more) -> Context:
    return Context(seed, np.zeros(1), **more)


def scores(n: int = 30, seed: int = 1, recipe: Recipe = RECIPE) -> np.ndarray:
    clips, labels = data(n)
    return train(Net, clips, labels, context(seed), recipe).predict(data(7, 9)[0])


def test_the_seed_alone_decides():
    first = scores()
    torch.manual_seed(123)
    assert np.array_equal(first, scores())
    assert not np.allclose(first, scores(seed=2))


def test_global_random_state_is_untouched():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    scores()
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("n", [1, 2, 9, 17])
def test_any_number_of_clips_gives_probabilities(n):
    """9 and 17 leave a last batch of one, which batch normalisation cannot use."""
    out = scores(n)
    assert out.shape == (7, 3)
    assert np.allclose(out.sum(1), 1)


def test_scores_do_not_depend_on_company():
    clips, labels = data(30)
    model = train(Net, clips, labels, context(), RECIPE)
    alone = [model.predict([clip])[0] for clip in clips]
    assert np.array_equal(alone, model.predict(clips))


def test_a_restored_model_scores_the_same_and_counts_parameters():
    clips, labels = data(30)
    model = train(Net, clips, labels, context(), RECIPE)
    again = restored(Net, model.state())
    assert np.array_equal(model.predict(clips), again.predict(clips))
    assert again.parameters == 5 * 8 + 8 + 16 + 8 * 3 + 3


def test_checkpoints_are_offered_and_do_not_disturb_training():
    clips, labels = data(30)
    traced = context(_held_out=data(7, 9)[0])
    model = train(Net, clips, labels, traced, RECIPE)
    assert [step for step, _ in traced.trace] == [1, 2, 3]
    assert np.array_equal(model.predict(data(7, 9)[0]), scores())
    assert np.array_equal(traced.trace[-1][1], scores())


def test_loss_falls_and_curve_is_short():
    clips, labels = data(60)
    seen = context()
    train(Net, clips, labels, seen, Recipe(epochs=250, batch_size=32, optimiser=adam(1e-2)))
    assert len(seen.curve) <= 101
    assert seen.curve[-1]["epoch"] == 250
    assert seen.curve[-1]["loss"] < 0.8 * seen.curve[0]["loss"]


def test_deadline_stops_training():
    clips, labels = data(30)
    with pytest.raises(DeadlineError):
        train(Net, clips, labels, context(deadline=time.monotonic() - 1), RECIPE)


def test_augmentation_sees_training_batches_only():
    sizes: list[int] = []

    def augment(batch, generator):
        sizes.append(len(batch))
        return batch + 0.1 * torch.randn(batch.shape, generator=generator)

    recipe = Recipe(epochs=2, batch_size=8, optimiser=adam(1e-2), augment=augment)
    first = scores(recipe=recipe)
    assert sizes == [8, 8, 8, 6] * 2
    assert np.array_equal(first, scores(recipe=recipe))


def test_named_inputs_and_targets():
    class Pair(Net):
        def forward(self, x):
            return self.layers(x["a"] + x["b"])

    def loss(outputs, targets):
        return nn.functional.cross_entropy(outputs, targets["label"]) * targets["weight"].mean()

    clips, labels = data(20)
    pairs = [{"a": clip, "b": clip} for clip in clips]
    targets = {"label": labels, "weight": np.ones(20, np.float32)}
    model = train(Pair, pairs, targets, context(), Recipe(2, 8, adam(1e-2), loss=loss))
    assert model.predict(pairs).shape == (20, 3)
