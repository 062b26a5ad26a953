"""Focal loss and inverse class frequencies."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from bench.learning.losses import focal_loss, inverse_frequency


def test_class_weights_have_mean_one_over_the_classes_present() -> None:
    weights = inverse_frequency(np.array([0, 0, 0, 2]), classes=4)
    assert weights[[1, 3]].tolist() == [0, 0]
    assert weights[[0, 2]].mean() == pytest.approx(1)
    assert weights[2] / weights[0] == pytest.approx(3)


def test_class_weights_without_clips_are_zero() -> None:
    assert inverse_frequency(np.array([], dtype=np.int64), classes=3).tolist() == [0, 0, 0]


def scores_and_labels() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    scores = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    return scores, torch.randint(0, 3, (7,), generator=generator)


def test_focal_loss_is_cross_entropy_at_gamma_zero() -> None:
    scores, labels = scores_and_labels()
    assert torch.allclose(
        focal_loss(scores, labels, gamma=0), functional.cross_entropy(scores, labels)
    )


def test_focal_loss_follows_its_formula() -> None:
    scores, labels = scores_and_labels()
    alpha = torch.tensor([0.5, 2.0, 0.0], dtype=torch.float64)
    p = scores.softmax(1)[torch.arange(7), labels]
    expected = (-alpha[labels] * (1 - p) ** 2 * p.log()).mean()
    assert torch.allclose(focal_loss(scores, labels, alpha, gamma=2.0), expected)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_loss_has_finite_gradients_at_certainty(gamma: float) -> None:
    scores = torch.tensor([[200.0, 0.0], [0.0, 200.0]], requires_grad=True)
    focal_loss(scores, torch.tensor([0, 0]), gamma=gamma).backward()
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


def test_focal_loss_discounts_what_is_already_recognised() -> None:
    sure, unsure = torch.tensor([[4.0, 0.0]]), torch.tensor([[0.5, 0.0]])
    label = torch.tensor([0])
    assert focal_loss(sure, label) / focal_loss(unsure, label) < focal_loss(
        sure, label, gamma=0
    ) / focal_loss(unsure, label, gamma=0)
