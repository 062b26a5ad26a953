import numpy as np
import pytest

from bench import Context, Training, Views
from bench.core.clip import UNIT_CODES, CodedUnit
from bench.data.reading.units import unit_codes
from bench.methods.apexhog import ApexHOG
from bench.methods.apexpixels import ApexPixels
from bench.methods.auoracle import ActionUnitOracle
from bench.methods.flowsvm import FlowSVM
from bench.methods.majority import Majority
from bench.methods.onsetcontrol import OnsetControl
from bench.plugins.registry import load

LABELS = np.array([0, 0, 0, 1, 1, 2])


def clip_of(label: int, seed: int) -> Views:
    """A face-sized texture; the class moves another third of it at the apex."""
    from scipy.ndimage import gaussian_filter

    onset = gaussian_filter(np.random.default_rng(seed).normal(size=(170, 140)), 2)
    onset = 30 + 190 * (onset - onset.min()) / np.ptp(onset)
    apex = onset.copy()
    rows = slice(57 * label, 57 * label + 57)
    apex[rows] = (apex[rows] + np.roll(apex[rows], 1, axis=1)) / 2
    frames = np.stack([onset, (onset + apex) / 2, apex, onset]).astype(np.uint8)
    return Views({"frames": frames, UNIT_CODES: unit_codes([CodedUnit(label + 1)])}, apex=2)


def fitted(method, clips: list[Views], labels: np.ndarray):
    described = [method.describe(clip) for clip in clips]
    train = Training(described, labels, np.arange(len(labels)), 3)
    return described, method.fit(train, Context(seed=0, subjects=train.subjects))


@pytest.mark.parametrize("method", [FlowSVM(), ActionUnitOracle()])
def test_what_sees_the_motion_tells_the_class(method):
    labels = np.arange(12) % 3
    clips = [clip_of(label, seed) for seed, label in enumerate(labels)]
    _, model = fitted(method, clips[:9], labels[:9])
    held = [method.describe(clip) for clip in clips[9:]]
    np.testing.assert_array_equal(model.predict(held).argmax(1), labels[9:])


def test_controls_floors_and_ceilings_are_references_and_a_contender_is_none():
    """A reference gets no rank and stands on every SYNTHETIC board."""
    references = {name for name, method in load().methods.items() if method.facts.reference}
    assert references == {"apexhog", "apexpixels", "auoracle", "majority", "onsetcontrol"}


def test_majority_scores_the_training_shares():
    clips = [clip_of(label, 0) for label in LABELS]
    described, model = fitted(Majority(), clips, LABELS)
    np.testing.assert_allclose(model.predict(described[:2]), [[3 / 6, 2 / 6, 1 / 6]] * 2)


def test_the_control_never_sees_the_apex():
    clip, other = clip_of(0, 0), clip_of(2, 0)
    method = OnsetControl()
    np.testing.assert_array_equal(method.describe(clip), method.describe(other))
    assert (ApexHOG().describe(clip) != ApexHOG().describe(other)).any()
    assert method.describe(clip).shape == (7488,)


def test_apex_pixels_are_averaged_signed_differences():
    onset = np.full((170, 140), 100, np.uint8)
    apex = onset.copy()
    apex[:5, :5], apex[5:10, :5], apex[-5:, -1] = 90, 130, 110
    described = ApexPixels().describe(Views({"frames": np.stack([onset, apex])}, apex=1))
    assert described.shape == (34, 28)
    np.testing.assert_allclose(described[[0, 1, -1, 5], [0, 0, -1, 5]], [-10, 30, 2, 0])


def test_apex_pixels_alone_do_not_know_the_onset():
    frames = np.random.default_rng(0).integers(0, 256, (3, 170, 140), dtype=np.uint8)
    alone = ApexPixels(subtract=False)
    found = alone.describe(Views({"frames": frames[:2]}, apex=1))
    np.testing.assert_array_equal(found, alone.describe(Views({"frames": frames[[2, 1]]}, apex=1)))
    np.testing.assert_allclose(found[0, 0], frames[1, :5, :5].mean(), atol=0.5)


def test_flowsvm_takes_a_shipped_flow_image_raw():
    shipped = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    np.testing.assert_allclose(FlowSVM().describe(Views({"flow_image": shipped})), shipped / 255)


def test_flowsvm_pools_its_own_flow():
    described = FlowSVM().describe(clip_of(1, 0))
    assert described.shape == (2, 8, 8)
    still, moving = np.abs(described[0, :2]).mean(), described[0, 3:5].mean()
    assert still < 0.1 < 0.3 < moving


@pytest.mark.parametrize(
    "method", [OnsetControl(), ApexHOG(), ApexPixels(), FlowSVM(), ActionUnitOracle(), Majority()]
)
def test_a_fold_may_lack_classes(method):
    clips = [clip_of(0, seed) for seed in range(3)]
    described, model = fitted(method, clips, np.array([1, 1, 1]))
    scores = model.predict(described)
    assert np.isfinite(scores).all()
    np.testing.assert_array_equal(scores.argmax(1), 1)
