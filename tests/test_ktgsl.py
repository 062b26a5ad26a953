from dataclasses import replace

import numpy as np
import pytest
from handcrafted_toy import accuracy, fold, moving

from bench import Context, Training
from bench.methods.ktgsl import KTGSL
from bench.methods.ktgsl.sparse import Kernels, centred, learned
from bench.views.lbp.patterns import mapping_table
from bench.views.lbp.planes import five_planes

SMALL = KTGSL(num_frames_planes=12, size=(85, 70), grid=(3, 3))


def problem(n: int = 30, blocks: int = 8, telling: int = 2):
    """SYNTHETIC histograms of which one block tells the class: rows, labels."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 3
    rows = rng.dirichlet(np.ones(6), (n, blocks))
    rows[:, telling] += np.repeat(np.eye(3), 2, axis=1)[labels]
    return rows / rows.sum(axis=2, keepdims=True), labels


def targets(labels: np.ndarray) -> np.ndarray:
    signs = 2.0 * np.eye(3)[labels] - 1
    return signs - signs.mean(axis=0)


def objective(grams, weights, P, L, ridge, penalty) -> float:
    K = sum(w * gram for w, gram in zip(weights, grams, strict=True))
    fit = ((L - K @ P) ** 2).sum() + ridge * np.trace(P.T @ K @ P)
    return float(fit + (penalty * np.abs(weights)).sum())


@pytest.mark.parametrize(("ridge", "mu"), [(0.1, 0.0), (0.1, 1.0), (1.0, 3.0)])
def test_the_objective_never_increases_and_is_what_it_says(ridge, mu):
    rows, labels = problem()
    grams, penalty = Kernels.of(rows).trained, np.full(8, mu)
    runs = [learned(grams, targets(labels), ridge, penalty, n, lambda: None) for n in range(1, 8)]
    values = np.array(
        [objective(grams, r.weights, r.coefficients, targets(labels), ridge, penalty) for r in runs]
    )
    assert (np.diff(values) <= 1e-8 * values[0]).all()
    assert (np.diff(runs[-1].objectives) <= 1e-8 * values[0]).all()
    # the last P is newer than the last objective
    assert values[-1] <= runs[-1].objectives[-1] * (1 + 1e-9)
    assert (runs[-1].weights >= 0).all()


def test_weights_solve_their_problem():
    """No small step of one weight does better, and a weight is nought only at the border."""
    rows, labels = problem()
    grams, L, penalty = Kernels.of(rows).trained, targets(labels), np.full(8, 2.0)
    one = learned(grams, L, 0.1, penalty, 1, lambda: None)
    P = np.linalg.solve(grams.mean(axis=0) + 0.1 * np.eye(30), L)
    best = objective(grams, one.weights, P, L, 0.1, penalty)
    assert best == pytest.approx(one.objectives[0])
    for j in range(8):
        for step in (-1e-3, 1e-3):
            moved = one.weights.copy()
            moved[j] = max(0, moved[j] + step)
            assert objective(grams, moved, P, L, 0.1, penalty) >= best - 1e-9


def test_the_block_that_tells_is_the_one_kept():
    rows, labels = problem(telling=5)
    grams = Kernels.of(rows).trained
    found = learned(grams, targets(labels), 0.1, np.full(8, 3.0), 500, lambda: None)
    assert found.weights.argmax() == 5
    assert (found.weights > 0.02).sum() == 1
    assert (found.weights == 0).any()


def test_a_fixed_group_keeps_its_weights_and_the_other_learns_its_own():
    """One of the two strategies of the paper's abstract."""
    rows, labels = problem(telling=5)
    grams = Kernels.of(rows).trained
    fixed = np.arange(8) < 4
    found = learned(grams, targets(labels), 0.1, np.full(8, 3.0), 50, lambda: None, fixed)
    np.testing.assert_array_equal(found.weights[:4], 1 / 8)
    assert found.weights[4:].argmax() == 1
    assert (np.diff(found.objectives) <= 1e-8 * found.objectives[0]).all()


@pytest.mark.parametrize("fixed", ["first", "second"])
def test_the_group_that_is_named_is_fixed(fixed):
    described = [SMALL.describe(moving(n % 2, n)) for n in range(4)]
    train = Training(described, np.arange(4) % 2, np.arange(4), 2)
    model = replace(SMALL, fixed=fixed).fit(train, Context(seed=0, subjects=train.subjects))
    first, second = np.split(model.weighted.weights, 2)
    kept, learned_ = (first, second) if fixed == "first" else (second, first)
    np.testing.assert_array_equal(kept, 1 / 18)
    assert not np.allclose(learned_, 1 / 18)


def test_kernels_are_centred_as_features_would_be():
    rng = np.random.default_rng(1)
    train, held = rng.normal(size=(9, 4)), rng.normal(size=(3, 4))
    about = train - train.mean(axis=0), held - train.mean(axis=0)
    raw = (train @ train.T)[None]
    np.testing.assert_allclose(centred((held @ train.T)[None], raw)[0], about[1] @ about[0].T)


def test_trained_kernels_have_unit_diagonal_and_serve_held_out_clips():
    rows, _ = problem()
    kernels = Kernels.of(rows)
    np.testing.assert_allclose(np.trace(kernels.trained, axis1=1, axis2=2), 30)
    np.testing.assert_allclose(kernels(rows[4:6]), kernels.trained[:, 4:6], atol=1e-10)


def test_the_kernel_is_chi_squared():
    from bench.learning.additive import chi2_of_blocks

    a, b = problem()[0][:4], problem()[0][4:6]
    expected = [[[(2 * p * q / (p + q)).sum() for q in b[:, k]] for p in a[:, k]] for k in range(8)]
    np.testing.assert_allclose(chi2_of_blocks(a, b), expected)


def test_the_fourth_plane_is_the_cubes_vertices():
    clip = moving(1, 0, frames=12)
    frames = clip.sources["frames"]
    found = five_planes(clip, 12, None, (1, 1))[3, 0, 0]
    ring = [(1, -1, 5), (1, 1, 5), (-1, 1, -5), (-1, -1, -5)]
    ring += [(-1, -1, 5), (-1, 1, 5), (1, 1, -5), (1, -1, -5)]
    t, h, w = frames.shape
    centre = frames[5:-5, 1:-1, 1:-1]
    codes = np.zeros(centre.shape, int)
    for bit, (dy, dx, dt) in enumerate(ring):
        there = frames[5 + dt : t - 5 + dt, 1 + dy : h - 1 + dy, 1 + dx : w - 1 + dx]
        codes += (there >= centre).astype(int) << bit
    counts = np.bincount(mapping_table(8, "u2")[codes].ravel(), minlength=59)
    np.testing.assert_allclose(found, counts / counts.sum(), atol=1e-6)


def test_one_class_alone_is_predicted():
    described = [SMALL.describe(moving(0, n)) for n in range(3)]
    train = Training(described, np.ones(3, int), np.arange(3), 3)
    model = SMALL.fit(train, Context(seed=0, subjects=train.subjects))
    np.testing.assert_array_equal(model.predict(described).argmax(axis=1), 1)


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
