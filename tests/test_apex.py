"""Spotting the apex, on SYNTHETIC clips whose true one is known; the policies of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from bench.cache.cache import Cache
from bench.core.clip import Clip
from bench.data.apex import with_apexes
from bench.data.task import read_tasks
from bench.datasets.smic import Smic
from bench.datasets.synthetic.identity import STYLES
from bench.datasets.synthetic.knobs import PRESETS
from bench.datasets.synthetic.plan import make_plan, stream
from bench.datasets.synthetic.render import render
from bench.datasets.synthetic.subject import meet
from bench.views.apex_spotting import spotted_apex


def test_spotted_is_nearer_to_the_true_apex_than_the_middle():
    """Seed 5: the spotter's constants were chosen on seed 0."""
    preset = PRESETS["tiny"]
    clips = [c for c in make_plan(preset, preset.knobs, 5) if c.database == "smic"][:40:4]
    spotted, middle = [], []
    for clip in clips:
        person = meet(stream(5, "smic", "face", clip.subject), STYLES["smic"])
        frames, _ = render(person, clip, preset.knobs, 5)
        spotted.append(abs(spotted_apex(frames) - clip.apex) / len(frames))
        middle.append(abs(len(frames) // 2 - clip.apex) / len(frames))
    assert np.mean(spotted) < 0.6 * np.mean(middle)


def bump(length: int, peak: int, drift: float) -> np.ndarray:
    """A face of noise: a patch brightens and fades, all of it drifts to the right."""
    rng = np.random.default_rng(0)
    face = np.kron(rng.integers(90, 160, (17, 17)), np.ones((8, 8)))
    frames = []
    for t in range(length):
        frame = np.roll(face, round(drift * t), axis=1)
        rise = t / peak if t <= peak else (length - 1 - t) / (length - 1 - peak)
        frame[40:64, 40:72] += 40 * max(rise, 0)
        frames.append(frame)
    return np.array(frames).astype(np.uint8)


@pytest.mark.parametrize("peak", [6, 15, 23])
def test_a_patch_that_comes_and_goes_is_found_in_spite_of_drift(peak):
    assert abs(spotted_apex(bump(31, peak, 0)) - peak) <= 2  # smoothing leans to the slow side
    assert abs(spotted_apex(bump(31, peak, 0.1)) - peak) <= 2


def test_brightness_of_the_whole_frame_is_no_expression():
    frames = bump(31, 15, 0)
    flicker = frames.astype(int)
    flicker[4] += 30
    assert spotted_apex(flicker.astype(np.uint8)) == spotted_apex(frames)


def test_where_nothing_differs_it_is_the_middle():
    still = np.full((9, 40, 40), 100, np.uint8)
    assert spotted_apex(still) == 4
    assert [spotted_apex(still[:n]) for n in (1, 2)] == [0, 1]
    assert spotted_apex(np.repeat(still[..., None], 3, axis=3)) == 4


class Few(Smic):
    """SMIC of whatever clips are there."""

    def index(self):
        return replace(super().index(), missing=())


@pytest.fixture
def smic(tmp_path: Path):
    """SMIC with three clips of one subject that peak at the fifth of sixteen frames."""
    for word, name in (("negative", "ne"), ("positive", "po"), ("surprise", "sur")):
        folder = tmp_path / f"smic/HS/s1/micro/{word}/s1_{name}_01"
        folder.mkdir(parents=True)
        for n, frame in enumerate(bump(16, 5, 0)):
            PIL.Image.fromarray(frame).save(folder / f"image{n:06d}.bmp")
    return Few(tmp_path / "smic")


def test_policies_give_tasks_of_their_own(smic, tmp_path):
    cache = Cache(tmp_path / "cache")
    tasks = {p: read_tasks(smic, ["3"], cache, p).all()[0] for p in ("given", "middle", "spotted")}
    assert {p: task.apex for p, task in tasks.items()} == {
        "given": "middle 3",
        "middle": "middle 3",
        "spotted": "spotted 3",
    }
    assert all(abs(clip.apex - 5) <= 1 for clip in tasks["spotted"].clips)
    assert tasks["given"].fingerprint == tasks["middle"].fingerprint
    assert tasks["given"].fingerprint != tasks["spotted"].fingerprint
    (again,) = read_tasks(smic, ["3"], cache, "spotted", threads=2).all()
    assert again.fingerprint == tasks["spotted"].fingerprint


def test_a_spotted_apex_is_remembered(smic, tmp_path):
    cache = Cache(tmp_path / "cache")
    clips = smic.index().clips[:1]
    (first,) = with_apexes(smic, clips, ["d"], "spotted", cache, 1)
    gone = [replace(clips[0], files=("gone.bmp",))]
    (second,) = with_apexes(smic, gone, ["d"], "spotted", cache, 1)
    assert first.apex == second.apex


def test_an_annotated_apex_stays_unless_another_is_asked_for(smic, tmp_path):
    clip = Clip("casme2", "01", "a", "x", Path(), ("f",) * 9, 2, "given")
    cache = Cache(tmp_path / "cache")
    assert with_apexes(smic, [clip], ["d"], "given", cache, 1) == [clip]
    (middle,) = with_apexes(smic, [clip], ["d"], "middle", cache, 1)
    assert (middle.apex, middle.apex_source) == (None, "middle")


def test_a_dataset_without_frames_has_nothing_to_spot(world):
    assert world.run("--apex", "spotted").code == 0
    assert "apex: as shipped" in (world.results / "leaderboard.md").read_text()
    done = world.run("--apex", "first")
    assert done.code == 2
    assert "'first' is not one of 'given', 'middle', 'spotted'" in done.err
    assert world.bench("plan", "-m", "mean", "-d", "toy", "--apex", "middle").code == 0
