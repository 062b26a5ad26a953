import numpy as np
import pytest

from bench import Views
from bench.methods.lbptop import LBPTOP
from bench.views.flow.tvl1 import flow
from bench.views.lbp.patterns import lbp_top
from bench.views.magnification import magnified, magnified_frames


def sliding(step: float, frames: int = 12) -> np.ndarray:
    """A texture that slides right, `step` px a frame."""
    from scipy.ndimage import gaussian_filter, shift

    still = gaussian_filter(np.random.default_rng(0).normal(size=(96, 80)), 4, mode="wrap")
    still = 60 + 130 * (still - still.min()) / np.ptp(still)
    moved = [shift(still, (0, step * t), mode="grid-wrap") for t in range(frames)]
    return np.rint(moved).astype(np.uint8)


def test_a_small_motion_becomes_larger():
    frames = sliding(0.05)
    before = np.median(flow(frames[0], frames[6])[0])
    after = np.median(flow(*magnified(frames, 5.0)[[0, 6]])[0])
    assert before == pytest.approx(0.3, abs=0.05)
    assert after > 2 * before


def test_nothing_changes_without_magnification_or_motion():
    frames = sliding(0.05)
    np.testing.assert_array_equal(magnified(frames, 0.0), frames)
    still = np.repeat(frames[:1], 5, axis=0)
    np.testing.assert_array_equal(magnified(still, 20.0), still)


def test_short_wavelengths_are_spared():
    """A change of the finest level alone stays as it is."""
    still = np.full((64, 64), 128, np.uint8)
    board = still + (np.indices((64, 64)).sum(0) % 2 * 8).astype(np.uint8)
    frames = np.stack([still, board, still, board])
    change = magnified(frames, 10.0)[1].astype(int) - frames[1]
    assert np.ptp(change[8:-8, 8:-8]) <= 1


def test_it_is_an_option_that_lbp_top_names():
    clip = Views({"frames": sliding(0.05)})
    assert magnified_frames(clip, 5.0).shape == (12, 96, 80)
    assert "magnified_frames" in clip.seen
    plain = Views({"frames": sliding(0.05)})
    described = LBPTOP(size=(96, 80)).describe(plain)
    assert "magnified_frames" not in plain.seen
    assert (lbp_top(clip, size=(96, 80), magnify=5.0) != described).any()
    assert LBPTOP.variants["magnified"] == {"magnify": 10.0}
