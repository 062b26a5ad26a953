import subprocess
import sys

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from bench import BenchError, Views
from bench.views.catalog import CATALOG
from bench.views.flow import tvl1
from bench.views.flow.optical import flow_between, flow_image, optical_flow, optical_strain
from bench.views.flow.strain import strain

SHAPE = (120, 100)


def textured(seed: int, margin: int = 16) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = tuple(n + 2 * margin for n in SHAPE)
    image = sum(s * gaussian_filter(rng.normal(size=size), s) for s in (1.5, 3, 8))
    return 20 + 210 * (image - image.min()) / np.ptp(image)


def warped(field: np.ndarray, seed: int = 0, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Two noisy images whose motion is exactly `field`: the first samples the second's texture."""
    texture = textured(seed)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]] + 16.0
    first = map_coordinates(texture, [y + field[1], x + field[0]], order=5)
    rng = np.random.default_rng(seed + 1)
    return tuple(
        np.clip(np.rint(image + rng.normal(0, noise, SHAPE)), 0, 255).astype(np.uint8)
        for image in (first, texture[16:-16, 16:-16])
    )


def smooth_field(peak: float) -> np.ndarray:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float64)
    y, x = 2 * np.pi * y / SHAPE[0], 2 * np.pi * x / SHAPE[1]
    return peak * np.stack([np.sin(0.6 * y + 0.3) * np.cos(0.4 * x), np.cos(0.5 * x) * np.sin(y)])


def end_point_error(found: np.ndarray, true: np.ndarray) -> float:
    return float(np.hypot(*(found - true))[8:-8, 8:-8].mean())


@pytest.mark.parametrize(
    ("peak", "bound"), [(0.0, 0.03), (0.3, 0.05), (1.0, 0.08), (2.0, 0.12), (3.0, 0.18)]
)
def test_tvl1_finds_a_smooth_motion(peak, bound):
    field = smooth_field(peak)
    assert end_point_error(tvl1.flow(*warped(field)), field) < bound


OPENCV = {
    (0.3, 0.0): 0.04626, (1.0, 0.0): 0.04207, (2.0, 0.0): 0.05285, (3.0, 0.0): 0.06339,
    (0.3, 1.0): 0.04507, (1.0, 1.0): 0.05156, (2.0, 1.0): 0.06897, (3.0, 1.0): 0.08638,
    (0.3, 3.0): 0.05253, (1.0, 3.0): 0.08327, (2.0, 3.0): 0.11116, (3.0, 3.0): 0.13746,
}  # fmt: skip
"""Errors, px, of OpenCV 5.0's DualTVL1 by (peak, noise): it is part of opencv-contrib, which cannot
be installed beside the plain package. `python -m benchmarks.flow` measures it where it is there."""


@pytest.mark.parametrize(("peak", "noise"), OPENCV)
def test_tvl1_is_no_worse_than_opencv(peak, noise):
    field = smooth_field(peak)
    assert end_point_error(tvl1.flow(*warped(field, noise=noise)), field) <= OPENCV[peak, noise]


@pytest.mark.parametrize("peak", [0.3, 1.0, 2.0, 3.0])
def test_tvl1_is_no_worse_than_scikit_image(peak):
    from skimage.registration import optical_flow_tvl1

    field = smooth_field(peak)
    first, second = warped(field)
    theirs = optical_flow_tvl1(first, second)[::-1]
    assert end_point_error(tvl1.flow(first, second), field) <= end_point_error(theirs, field)


@pytest.mark.parametrize("algorithm", ["tvl1", "farneback", "dis"])
def test_signs_are_right_and_down(algorithm):
    field = np.zeros((2, *SHAPE)) + np.array([1.5, -0.75])[:, None, None]
    found = flow_between(*warped(field), algorithm)
    assert found.shape == (2, *SHAPE)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.median(found, axis=(1, 2)), [1.5, -0.75], atol=0.05)


def test_equal_images_have_no_flow():
    image = warped(smooth_field(0))[0]
    assert not tvl1.flow(image, image).any()


@pytest.mark.parametrize("shape", [(17, 40), (33, 31), (16, 16), (65, 128), (2, 2)])
def test_odd_and_small_sizes(shape):
    image = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    flow = tvl1.flow(image, np.roll(image, 1, axis=1))
    assert flow.shape == (2, *shape)
    assert np.isfinite(flow).all()


@pytest.mark.parametrize("shape", [(9, 12), (8, 13), (9, 13), (8, 12)])
def test_a_linear_flow_doubles_to_itself(shape):
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    ramp = 3 * y - 2 * x
    finer = tvl1.doubled(ramp[::2, ::2] / 2, shape)
    inner = finer[: shape[0] // 2 * 2 - 1, : shape[1] // 2 * 2 - 1]
    np.testing.assert_allclose(inner, ramp[: inner.shape[0], : inner.shape[1]], atol=1e-5)


def test_unknown_algorithm():
    with pytest.raises(BenchError, match="expected tvl1, farneback or dis"):
        flow_between(*warped(smooth_field(0)), "hs")


def test_strain_of_affine_fields():
    y, x = np.mgrid[:9, :7].astype(np.float64)
    field = np.stack([0.1 * x + 0.3 * y, 0.5 * x - 0.2 * y])
    expected = np.sqrt(0.1**2 + 0.2**2 + (0.3 + 0.5) ** 2 / 2)
    np.testing.assert_allclose(strain(field), expected)
    backward = strain(field, "backward")
    np.testing.assert_allclose(backward[1:, 1:], expected)
    np.testing.assert_allclose(backward[0, 0], 0)
    np.testing.assert_allclose(backward[0, 1:], np.sqrt(0.1**2 + 0.5**2 / 2))


def test_rotation_and_translation_do_not_strain():
    y, x = np.mgrid[:9, :7].astype(np.float64)
    np.testing.assert_allclose(strain(np.stack([2 - 0.1 * y, 3 + 0.1 * x])), 0, atol=1e-12)


def views(field: np.ndarray) -> Views:
    first, second = warped(field)
    return Views({"frames": np.stack([first, first, second, first])}, apex=2)


def test_views_of_a_clip():
    field = smooth_field(1.5)
    clip = views(field)
    flow = optical_flow(clip)
    assert end_point_error(flow, field) < 0.1
    np.testing.assert_array_equal(optical_strain(clip), strain(flow))
    assert optical_flow(clip, size=(60, 50)).shape == (2, 60, 50)
    assert {"optical_flow", "optical_strain", "flow_image"} <= set(CATALOG)


def test_flow_image_is_stretched_plane_by_plane():
    image = flow_image(views(smooth_field(1.5)))
    assert image.shape == (3, 28, 28)
    assert image.dtype == np.uint8
    assert (image.min(axis=(1, 2)) == 0).all()
    assert (image.max(axis=(1, 2)) == 255).all()
    u = smooth_field(1.5)[0][:112, :84].reshape(28, 4, 28, 3).mean(axis=(1, 3))
    assert np.corrcoef(image[0].ravel(), u.ravel())[0, 1] > 0.95


def test_flow_image_of_a_still_clip_is_blank():
    frame = warped(smooth_field(0))[0]
    assert not flow_image(Views({"frames": np.stack([frame, frame])}, apex=1)).any()


def test_shipped_flow_image_is_taken():
    shipped = np.arange(3 * 28 * 28).reshape(3, 28, 28).astype(np.uint8)
    assert flow_image(Views({"flow_image": shipped})) is shipped


def test_importing_the_views_is_light():
    code = "import sys, bench.views.flow.optical; print({'numba', 'cv2'} & {*sys.modules})"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_flow_that_leaves_the_image_does_not_run_away():
    field = np.zeros((2, *SHAPE)) + np.array([3.0, 2.0])[:, None, None]
    found = tvl1.flow(*warped(field, noise=4.0))
    assert np.abs(found - field)[:, :, -5:].mean() < 0.5
    assert np.abs(found - field)[:, -5:].mean() < 0.5


def test_tvl1_is_no_worse_than_opencv_on_synthetic_faces():
    from bench.datasets.synthetic.identity import STYLES
    from bench.datasets.synthetic.knobs import find_preset
    from bench.datasets.synthetic.plan import make_plan, stream
    from bench.datasets.synthetic.render import render
    from bench.datasets.synthetic.subject import meet
    from bench.views.frames import gray

    preset = find_preset("3db")
    plan = [clip for clip in make_plan(preset, preset.knobs, 0) if clip.subject == 11]
    ours, theirs = [], (0.09274, 0.10403)  # OpenCV 5.0's DualTVL1, px
    for clip in [next(c for c in plan if c.database == name) for name in ("casme2", "samm")]:
        person = meet(stream(0, clip.database, "face", clip.subject), STYLES[clip.database])
        frames, truth = render(person, clip, preset.knobs, 0)
        onset, apex = gray(frames[[0, clip.apex]])
        ours.append(np.hypot(*(tvl1.flow(onset, apex) - truth.flow))[truth.valid].mean())
    assert np.mean(ours) <= np.mean(theirs)
