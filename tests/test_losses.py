"""Losses follow their equations; class weights their counts."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from bench.learning.losses import (
    centre_loss,
    effective_number,
    focal_loss,
    inverse_frequency,
    margin_loss,
    prototype_scores,
    prototypical_loss,
)


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


def test_effective_number_weighs_rare_classes_more() -> None:
    labels = np.repeat([0, 1], [100, 1])
    weights = effective_number(labels, 3, 0.9)
    assert weights[2] == 0
    assert weights[:2].mean() == pytest.approx(1)
    assert weights[1] / weights[0] == pytest.approx((1 - 0.9**100) / 0.1)
    assert np.allclose(effective_number(labels, 2, 0), 1)


def test_margin_loss_is_zero_between_the_margins_and_squared_beyond() -> None:
    label = torch.tensor([0])
    assert margin_loss(torch.tensor([[0.95, 0.05]]), label) == 0
    assert margin_loss(torch.tensor([[0.1, 0.1]]), label) == pytest.approx(0.8**2)
    assert margin_loss(torch.tensor([[0.9, 0.7]]), label) == pytest.approx(0.5 * 0.6**2)


def test_centre_loss_pulls_features_and_centres_of_a_class_together() -> None:
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(5, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    centres = torch.randn(3, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor([0, 0, 2, 2, 2])
    loss = centre_loss(features, labels, centres)
    apart = features.detach() - centres.detach()[labels]
    assert loss.item() == pytest.approx(sum((row @ row).item() for row in apart) / 10)
    loss.backward()
    assert features.grad is not None
    assert centres.grad is not None
    assert torch.allclose(features.grad, apart / 5)
    assert not centres.grad[1].any()


def test_prototype_scores_are_mean_squared_distances_below_zero() -> None:
    scores = prototype_scores(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0], [1.0, 2.0]]))
    assert scores.tolist() == [[-2.0, 0.0]]


def test_prototypical_loss_compares_queries_with_means_of_supports() -> None:
    generator = torch.Generator().manual_seed(2)
    features = torch.randn(8, 3, generator=generator, dtype=torch.float64)
    labels = torch.tensor([1, 1, 4, 4] * 2)
    means = torch.stack([features[:2].mean(0), features[2:4].mean(0)])
    distances = ((features[4:, None] - means) ** 2).mean(2)
    expected = functional.cross_entropy(-distances, torch.tensor([0, 0, 1, 1]))
    assert torch.allclose(prototypical_loss(features, labels), expected)
