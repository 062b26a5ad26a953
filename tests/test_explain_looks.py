"""`bench explain`: one refitted fold, its pictures, and the occlusion map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.plugins.method import Method
from bench.plugins.model import Model
from bench.report.occlusion import GRID, drops, occlusion_figure
from bench.report.refit import samples
from bench.views.clip_views import Views
from bench.views.frames import key_frames
from bench.views.opening import views_of

HOOK = """
    def pictures(self, model, clips):
        from matplotlib.figure import Figure
        figure = Figure()
        figure.suptitle("; ".join(clips) + f" and {model.parameters}")
        return {"what it sees": figure}

    def fit("""


def page_of(world, *words: str) -> str:
    done = world.bench("explain", "mean", "-t", "toy/3", "-o", "out", *words)
    assert done.code == 0, done.err
    return (world.folder / "out" / "index.html").read_text()


def test_a_fold_is_fitted_again_and_comes_out_as_recorded(world):
    world.plugin.write_text(world.plugin.read_text().replace("\n    def fit(", HOOK, 1))
    world.run(methods="mean")
    page = page_of(world)
    # A blank is no sign for a file name: a hash keeps it apart from other words.
    (figure,) = re.findall('src="(what-it-sees~[0-9a-f]+[.]png)"', page)
    assert "true: low" in page
    assert "predicted: high" in page
    assert "and 6" in page
    assert "n = 3 clips. Fold toy/p0, seed 0" in page
    assert "for 3 of its 3 held-out clips" in page
    assert (world.folder / "out" / figure).is_file()
    assert "mean does not use frames" in page


def test_the_fold_with_most_classes_is_fitted(world):
    for person in "0245":
        (world.folder / "data" / f"p{person}" / "c0-low.json").unlink()
    (world.folder / "data" / "p3" / "more-low.json").write_text("[0, 0]")
    world.run(methods="mean")
    assert "refitting fold toy/p3" in world.bench("explain", "mean", "-t", "toy/3").err


def test_nothing_is_fitted_when_no_time_is_given(world):
    world.run(methods="mean")
    assert "refitted:" not in page_of(world, "--seconds", "0")
    assert "look at frames" not in page_of(world, "--seconds", "0")


def test_a_fold_that_takes_too_long_is_said(world):
    world.run(methods="mean")
    page = page_of(world, "--seconds", "1e-9")
    assert "takes more than 1e-09 s" in page
    assert 'src="confusion.png"' in page


def test_other_clips_than_those_of_the_records_are_not_shown(world):
    world.run(methods="mean")
    (world.folder / "data" / "p1" / "c0-low.json").write_text("[5, 5]")
    page = page_of(world)
    assert "toy/3 differ from those of the records" in page
    assert 'src="confusion.png"' in page


def test_another_version_of_the_method_is_not_shown(world):
    # In a file of its own: the dataset's code, a change of which makes other clips, stays.
    path = world.own()
    world.run(methods="own")
    text = path.read_text().replace('name = "own"', 'name = "own"\n    version = 2', 1)
    (world.folder / "newer.py").write_text(text)
    (world.folder / "bench.toml").write_text(
        'plugins = ["toy.py", "newer.py"]\n[roots]\ntoy = "data"\n'
    )
    assert world.bench("explain", "own", "-t", "toy/3", "-o", "out").code == 0
    page = (world.folder / "out" / "index.html").read_text()
    assert "another version or configuration" in page


def test_records_without_their_dataset_still_make_a_report(world):
    world.run(methods="mean")
    (world.folder / "bench.toml").write_text('plugins = ["toy.py"]\n')
    page = page_of(world)
    assert "toy has no data" in page
    assert 'src="confusion.png"' in page


def test_samples_go_round_the_classes():
    assert samples([0, 0, 0, 2, 1, 2], 4) == [0, 4, 3, 1]


class Where(Method):
    """Describes how much each pixel changed from onset to apex."""

    name = "where"
    needs = frozenset({"key_frames"})

    def describe(self, clip):
        onset, apex = key_frames(clip).astype(float)
        return apex - onset


class Corner(Model):
    """Class 0 for movement in the upper left sixteenth, class 1 for its opposite."""

    def predict(self, clips):
        part = np.array([clip[:5, :4].sum() for clip in clips])
        return np.stack([part, -part], axis=1)


def moving(shape=(3, 20, 16)) -> Views:
    frames = np.zeros(shape, np.uint8)
    frames[2] = 10
    return Views({"frames": frames}, apex=2)


@pytest.mark.parametrize(("label", "sign"), [(0, 1), (1, -1)])
@pytest.mark.parametrize("colour", [(), (3,)])
def test_the_score_drops_where_the_movement_counts(label, sign, colour):
    clip = moving((3, 20, 16, *colour))
    before = clip.sources["frames"].copy()
    found = drops(Where(), Corner(), clip, label)
    assert found is not None
    inside = np.zeros((GRID, GRID), bool)
    inside[:2, :2] = True
    assert (found[~inside] == 0).all()
    assert (sign * found[inside] > 0).all()
    assert found.sum() == sign * 10 * 20
    assert np.array_equal(clip.sources["frames"], before)


@dataclass(frozen=True)
class Filmed(Dataset):
    """The clip above in files, which can be decoded one by one."""

    name: ClassVar[str] = "filmed"

    def read(self, clip):
        return {"frames": moving().sources["frames"].copy()}

    def read_some(self, clip, positions):
        return {"frames": self.read(clip)["frames"][list(positions)]}


def test_clips_that_are_decoded_in_parts_are_occluded_too():
    clip = Clip("filmed", "1", "a", "", Path("/"), ("1.jpg", "2.jpg", "3.jpg"), 2)
    opened = views_of(Filmed(Path("/")), clip, "digest", None)
    assert opened.some_frames is not None
    found = drops(Where(), Corner(), opened, 0)
    np.testing.assert_array_equal(found, drops(Where(), Corner(), moving(), 0))
    assert found.max() > 0


def test_a_method_that_sees_no_frames_has_no_map():
    class Blind(Where):
        def describe(self, clip):
            return np.zeros((20, 16))

    assert drops(Blind(), Corner(), moving(), 0) is None


def test_the_map_shows_every_clip_and_their_mean():
    maps = [np.full((GRID, GRID), value) for value in (0.0, 1.0)]
    figure = occlusion_figure(maps, [moving(), moving()], ["a", "b"])
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[:3] == ["mean of 2", "a", "b"]
    assert (figure.axes[0].images[0].get_array() == 0.5).all()


def test_patches_that_turn_a_vote_do_not_pale_the_others():
    maps = [np.full((GRID, GRID), 0.1) for _ in range(2)]
    maps[0][0] = 5.0
    figure = occlusion_figure(maps, [moving(), moving()], ["a", "b"])
    assert figure.axes[1].images[1].get_clim() == pytest.approx((-0.1, 0.1))
    still = occlusion_figure([np.zeros((GRID, GRID))], [moving()], ["a"])
    assert still.axes[0].images[0].get_clim() == (-1, 1)
