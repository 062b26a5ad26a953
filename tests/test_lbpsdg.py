from dataclasses import replace

import numpy as np
import pytest
from handcrafted_toy import accuracy, fold, moving

from bench.methods.lbpsdg import LBPSDG, Chosen, features
from bench.views.clip_views import Views
from bench.views.frames import gray_frames
from bench.views.lbp.gradients import DIRECTIONS, gradient_histograms

SMALL = LBPSDG(num_frames=10, size=(85, 70), grid=(3, 3), bins=(8,), folds=2)


def test_histograms_equal_the_definition():
    volume = np.random.default_rng(0).integers(0, 60, (4, 12, 10)).astype(np.uint8)
    found = gradient_histograms(volume, (2, 2), 16)
    assert len(set(DIRECTIONS)) == 18
    for k, (dt, dy, dx) in enumerate(DIRECTIONS):
        assert dt != 0
        expected = np.zeros((2, 2, 16))
        for t in range(1, 3):
            for y in (*range(1, 5), *range(7, 11)):
                for x in (*range(1, 4), *range(6, 9)):
                    rise = int(volume[t + dt, y + dy, x + dx]) - int(volume[t, y, x])
                    level = sum(rise >= edge for edge in range(-14, 16, 2))
                    expected[y // 6, x // 5, level] += 1
        expected /= expected.sum(axis=2, keepdims=True)
        np.testing.assert_allclose(found[k], expected, atol=1e-6)


def test_the_variant_magnifies_before_anything_else():
    """As the paper's abstract: Eulerian magnification is a step of its preprocessing."""
    from bench.views.magnification import magnified

    clip = moving(0, 0)
    made = replace(SMALL, **LBPSDG.variants["magnified"]).describe(clip)
    frames = magnified(gray_frames(clip, SMALL.size), 26.0, 16.0, 0.4, 0.05)
    already = Views({"frames": frames}, apex=clip.apex)
    wanted = SMALL.describe(already)
    for name in ("patterns", "gradients"):
        np.testing.assert_array_equal(made[name], wanted[name])
        assert not np.array_equal(made[name], SMALL.describe(clip)[name])


def test_coarser_bins_are_sums():
    clip = SMALL.describe(moving(0, 0))
    fine, coarse = (features(clip, 4, bins)[3 * 9 * 16 :] for bins in (16, 4))
    np.testing.assert_allclose(fine.reshape(9, 4, 4).sum(axis=2), coarse.reshape(9, 4), atol=1e-6)


def synthetic_descriptions(telling: int, n: int = 24) -> tuple[list[dict], np.ndarray]:
    """SYNTHETIC histograms that differ by class along one direction only."""
    rng = np.random.default_rng(0)
    labels = np.arange(n) % 2
    gradients = rng.dirichlet(np.ones(16), (n, 18, 2, 2))
    gradients[labels == 1, telling] = gradients[labels == 1, telling] ** 2
    gradients[:, telling] /= gradients[:, telling].sum(axis=-1, keepdims=True)
    gradients[:, telling, :, :, 0] += 0.6 * labels[:, None, None]
    patterns = np.full((3, 2, 2, 16), 1 / 16)
    return [{"patterns": patterns, "gradients": one} for one in gradients], labels


@pytest.mark.parametrize("telling", [3, 11])
def test_inner_folds_find_the_direction_that_tells(telling):
    from bench import Context, Training

    clips, labels = synthetic_descriptions(telling)
    subjects = np.arange(len(labels)) // 4
    train = Training(clips, labels, subjects, 2)
    model = SMALL.fit(train, Context(seed=0, subjects=subjects))
    assert model.transform == Chosen(direction=telling, bins=8)


def test_one_subject_leaves_nothing_to_choose_by():
    from bench import Context, Training

    clips, labels = synthetic_descriptions(5, 6)
    subjects = np.zeros(6, int)
    model = SMALL.fit(Training(clips, labels, subjects, 2), Context(seed=0, subjects=subjects))
    assert model.transform.direction == 0
    assert model.predict(clips).shape == (6, 2)


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
