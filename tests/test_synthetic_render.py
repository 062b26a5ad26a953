"""Rendered clips: the truth is true, and the onset knows nothing of the class."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench.core.types import Array
from bench.datasets.synthetic.action_units import PULLS
from bench.datasets.synthetic.identity import STYLES
from bench.datasets.synthetic.knobs import PRESETS, Knobs
from bench.datasets.synthetic.motion import draw_nuisance, invert
from bench.datasets.synthetic.plan import ActionUnit, PlannedClip, make_plan, stream
from bench.datasets.synthetic.render import render
from bench.datasets.synthetic.subject import Subject, meet

STILL = Knobs(blink=0, noise=0, light=0, furrow=0)


@pytest.fixture(scope="module")
def person() -> Subject:
    return meet(stream(0, "samm", "face", 7), STYLES["samm"])


@pytest.fixture(scope="module")
def clip() -> PlannedClip:
    clips = make_plan(PRESETS["tiny"], Knobs(), 0)
    found = next(c for c in clips if c.database == "samm" and c.subject == 7)
    return replace(found, frames=16, apex=7)


def warped(image: Array, flow: Array) -> Array:
    """The image pulled back along the flow: warped(apex) should be the onset."""
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]].astype(np.float32)
    x, y = columns + flow[0], rows + flow[1]
    return cv2.remap(image.astype(np.float32), x, y, cv2.INTER_LANCZOS4)


@pytest.mark.parametrize("numbers", [(6, 12), (1, 2), (4, 9), (25,)])
def test_truth_takes_the_apex_back_to_the_onset(
    person: Subject, clip: PlannedClip, numbers: tuple[int, ...]
) -> None:
    shown = replace(clip, units=tuple(ActionUnit(n, "", 2.0) for n in numbers))
    frames, truth = render(person, shown, STILL, seed=0)
    onset, apex = frames[0].astype(np.float32), frames[7]
    inside = truth.valid.copy()
    inside[:6] = inside[-6:] = inside[:, :6] = inside[:, -6:] = False
    before = np.abs(apex - onset)[inside].mean()
    after = np.abs(warped(apex, truth.flow) - onset)[inside].mean()
    assert after < 0.35 * before


def test_the_onset_is_blind_to_what_follows(person: Subject, clip: PlannedClip) -> None:
    onsets, apexes = [], []
    for units in (clip.units, (ActionUnit(1, "", 2.0), ActionUnit(2, "L", 2.0))):
        frames, _ = render(person, replace(clip, units=units), Knobs(), seed=0)
        onsets.append(frames[0])
        apexes.append(frames[clip.apex])
    assert np.array_equal(*onsets)
    assert not np.array_equal(*apexes)


def test_peaks_are_in_pixels(person: Subject, clip: PlannedClip) -> None:
    units = (ActionUnit(4, "", 1.5),)
    _, truth = render(person, replace(clip, units=units), STILL, seed=0)
    assert np.hypot(*truth.au_flow).max() == pytest.approx(1.5, rel=0.2)


def test_one_sided_units_move_the_persons_own_side(person: Subject, clip: PlannedClip) -> None:
    units = (ActionUnit(12, "L", 2.0),)
    _, truth = render(person, replace(clip, units=units), STILL, seed=0)
    motion = np.hypot(*truth.au_flow)
    assert motion[:, 75:].max() > 3 * motion[:, :65].max()


def test_directions_of_action_units(person: Subject) -> None:
    """Where FACS sends the skin: (unit, place across, place down, sideways, downwards)."""
    eye, temple = person.words["pupil"], person.words["eye_corner"] + 0.12
    nose, lip, mouth = person.words["nostril"], person.words["lower_lip"], person.words["mouth"]
    corner = person.words["mouth_corner"]
    expected = [
        (1, 0.2, person.words["brow"], 0, -1),
        (4, 0.2, person.words["brow"], -1, 1),
        (6, 0.56, 0.33, -1, -1),
        (6, temple, 0.0, -1, 0),
        (7, eye, person.words["lower_lid"], 0, -1),
        (9, nose, person.words["nose_base"], -1, -1),
        (9, 0.25, person.words["brow"], -1, 1),
        (12, corner, mouth, 1, -1),
        (15, corner, mouth, 0, 1),
        (17, 0.05, person.words["chin"], 0, -1),
        (20, corner, mouth, 1, 0),
        (25, 0.05, lip + 0.02, 0, 1),
        (25, 0.05, person.words["upper_lip"] - 0.02, 0, -1),
        (26, 0.05, person.words["chin"], 0, 1),
    ]
    for number, x, y, across, down in expected:
        field = person.field(number, -1) + person.field(number, 1)
        row, column = np.unravel_index(
            np.argmin((person.x - x) ** 2 + (person.y - y) ** 2), person.x.shape
        )
        dx, dy = field[:, row, column]
        assert np.hypot(dx, dy) > 0.1, f"AU {number} does not move ({x:.2f}, {y:.2f})"
        for value, sign in ((dx, across), (dy, down)):
            assert sign == 0 or np.sign(value) == sign, f"AU {number} at ({x:.2f}, {y:.2f})"


def test_every_unit_has_unit_length_and_stays_on_the_face(person: Subject) -> None:
    for number in PULLS:
        field = person.field(number, -1) + person.field(number, 1)
        length = np.hypot(*field)
        assert length.max() == pytest.approx(1.0, abs=1e-4)
        assert not length[person.inside == 0].any()


def test_knobs_do_what_they_say(person: Subject, clip: PlannedClip) -> None:
    def spread(knobs: Knobs) -> float:
        """Mean absolute difference between the last two frames at rest."""
        frames, _ = render(person, replace(clip, units=(ActionUnit(1, "", 0.0),)), knobs, 0)
        return float(np.abs(frames[1].astype(float) - frames[0]).mean())

    still = replace(STILL, head=0)
    assert spread(still) < 0.3
    assert spread(replace(still, noise=4)) > 3 * spread(replace(still, noise=1)) > 0
    assert spread(replace(still, light=0.2)) > 1
    assert spread(replace(still, head=8)) > 1


def test_a_blink_stays_away_from_onset_and_apex() -> None:
    seen = 0
    for seed in range(200):
        nuisance = draw_nuisance(np.random.default_rng(seed), 50, 22, Knobs(blink=1))
        assert nuisance.closing[0] < 0.2
        assert nuisance.closing[22] == 0
        seen += nuisance.closing.max() > 0.9
    assert seen > 50


def test_inversion_of_a_shift_and_of_a_stretch() -> None:
    shift = np.broadcast_to(np.array([1.5, -0.5], np.float32)[:, None, None], (2, 20, 30))
    assert np.allclose(invert(np.ascontiguousarray(shift)), shift)
    rows, columns = np.mgrid[0:20, 0:30].astype(np.float32)
    backward = np.stack([0.1 * (columns - 15), np.zeros_like(rows)])
    forward = invert(backward)
    # p -> p - B(p) undone: x = 15 + (q - 15) / 0.9; OpenCV samples at 32nds of a pixel.
    assert np.allclose(forward[0][:, 5:25], (0.1 / 0.9) * (columns - 15)[:, 5:25], atol=4e-3)
