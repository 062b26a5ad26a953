"""`bench data show`: one clip as a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from bench.cli.data.show import find
from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import BenchError
from bench.data.figure import draw, flow_colours
from bench.plugins.registry import load
from bench.views.clip_views import Views

CLIP = Clip("casme2", "01", "EP02_01f", "happiness", Path(), ("img1.jpg",) * 5, 2, "given")


def words(figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def moved() -> Views:
    """A blurred noise image that slides right by a pixel a frame."""
    import cv2

    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    wide = cv2.GaussianBlur(noise, (0, 0), 3)
    wide = cv2.normalize(wide, None, 0, 255, cv2.NORM_MINMAX)
    return Views({"frames": np.stack([wide[:, 10 - i : 60 - i] for i in range(5)])}, apex=2)


def dataset(name: str, root: Path) -> Dataset:
    return load().datasets[name](root)


def test_a_stand_in_says_so_and_a_real_clip_does_not(tmp_path):
    real = draw(CLIP, moved(), dataset("casme2", tmp_path))
    assert "SYNTHETIC" not in words(real)
    assert "CASME II: casme2/01/EP02_01f (happiness)" in words(real)
    assert "apex (given): 3 of 5" in words(real)
    (tmp_path / "SYNTHETIC.json").write_text("{}")
    assert "SYNTHETIC" in words(draw(CLIP, moved(), dataset("casme2", tmp_path)))


def test_an_apex_that_is_not_annotated_is_called_the_middle(tmp_path):
    clip = replace(CLIP, apex=None, apex_source="absent")
    assert "apex (middle)" in words(draw(clip, moved(), dataset("casme2", tmp_path)))


def test_hue_is_direction_and_saturation_speed():
    still, right, up, left, fast = (
        flow_colours(np.array(uv, float).reshape(2, 1, 1), 2.0)[0, 0]
        for uv in ((0, 0), (1, 0), (0, -2), (-2, 0), (9, 0))
    )
    assert still.tolist() == [1, 1, 1]
    assert right.tolist() == [1, 0.5, 0.5]
    assert fast.tolist() == [1, 0, 0]
    assert up.argmax() == 1
    assert left.tolist() == pytest.approx([0, 1, 1])


def test_flow_drawn_is_the_flow_of_the_clip(tmp_path):
    cells = draw(CLIP, moved(), dataset("casme2", tmp_path)).axes
    cell = next(c for c in cells if "flow" in c.get_title())
    inner = cell.images[0].get_array()[15:-15, 15:-15]
    assert (inner[..., 0] > 0.99).all()  # it slides to the right: red
    assert (inner[..., 1:] < 0.95).all()


def test_ready_made_flow_shows_its_planes(tmp_path):
    planes = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    figure = draw(CLIP, Views({"flow_image": planes}), dataset("megc2019flow", tmp_path))
    drawn = [c.images[0].get_array() for c in figure.axes if c.get_title()]
    assert np.array_equal(drawn, planes)


def test_the_command_writes_a_picture_of_a_clip(world):
    done = world.bench("data", "show", "toy", "c0")
    assert done.code == 2
    assert "no clip 'c0' among the 18 of toy; did you mean toy/p" in done.err
    done = world.bench("data", "show", "toy", "p1/c0-low")
    assert "toy provides only numbers, which cannot be drawn" in done.err
    assert "did you mean toy?" in world.bench("data", "show", "toyy", "c").err
    done = world.bench("data", "show", "toy", "p1/c0-low", "-o", "a.gif")
    assert "a.gif" in done.err


def test_a_picture_of_ready_made_flow_from_the_command_line(world):
    folder = world.folder / "clone/datasets/STSNet_whole_norm_u_v_os"
    folder.mkdir(parents=True)
    PIL.Image.new("RGB", (28, 28), (9, 99, 200)).save(folder / "006_006_1_2 .png")
    table = world.folder / "clone/combined_3_class2_for_optical_flow.csv"
    table.write_text("dataset,sub,filename_o,label\nsamm,006,006_1_2,0\n")
    world.patch.setenv("BENCH_MEGC2019FLOW_ROOT", str(world.folder / "clone"))
    done = world.bench("data", "show", "megc2019flow", "006_1_2")
    assert done.code == 0, done.err
    with PIL.Image.open(world.folder / "samm_006_006_1_2.png") as picture:
        assert picture.width > 600


def test_a_clip_is_found_by_the_end_of_its_id():
    clips = [replace(CLIP, subject=subject) for subject in ("01", "02")]
    assert find("casme2", clips, "casme2/02/EP02_01f") is clips[1]
    assert find("casme2", clips, "01/EP02_01f") is clips[0]
    with pytest.raises(BenchError, match="matches 2 clips of casme2: choose one of casme2/01"):
        find("casme2", clips, "EP02_01f")
    with pytest.raises(BenchError, match="did you mean casme2/02/EP02_01f"):
        find("casme2", clips, "02/EP2_01f")
