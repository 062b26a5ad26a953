"""A clip is decoded when pixels are asked for, and not where its views are in the cache."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image

from bench.cache.cache import Cache
from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.data.reading import FrameDataset
from bench.methods.apexpixels import ApexPixels
from bench.methods.ststnet import STSTNet
from bench.running.engines.job import call
from bench.running.jobs import Describe
from bench.running.worker import describe
from bench.views.clip_views import Views
from bench.views.flow.optical import optical_flow, optical_strain
from bench.views.frames import gray_frames, key_frames
from bench.views.landmarks import landmarks
from bench.views.opening import views_of

CLIP = Clip("films", "1", "a", "", Path("/"), ("1.jpg", "2.jpg", "3.jpg"), 1)


@dataclass(frozen=True)
class Films(Dataset):
    """Three noisy frames; counts how often they are read."""

    count: tuple[list[int], ...] = ([],)
    broken: bool = False
    name: ClassVar[str] = "films"

    def read(self, clip):
        self.count[0].append(1)
        if self.broken:
            raise DataError(f"{clip.files[1]}: the file is empty")
        return {"frames": np.random.default_rng(0).integers(0, 255, (3, 40, 40), dtype=np.uint8)}


def test_what_is_cached_needs_no_decoding(tmp_path):
    films, cache = Films(Path("/"), ([],)), Cache(tmp_path)
    views = (key_frames, optical_flow, optical_strain)
    first = [view(views_of(films, CLIP, "digest", cache)) for view in views]
    before = len(films.count[0])
    again = [view(views_of(films, CLIP, "digest", cache)) for view in views]
    assert 1 <= before == len(films.count[0])
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    key_frames(views_of(films, CLIP, "another", cache))
    assert len(films.count[0]) == before + 1


def test_a_clip_is_decoded_once_for_all_methods(tmp_path):
    films = Films(Path("/"), ([],))
    rows = (("a" * 64, ApexPixels()), ("b" * 64, STSTNet()))
    done = call(describe, (Describe(films, CLIP, "digest", rows, tmp_path),))
    assert not done.failed
    assert films.count[0] == [1]


def test_what_cannot_be_read_is_no_fault_of_a_method(tmp_path):
    films = Films(Path("/"), ([],), broken=True)
    done = call(describe, (Describe(films, CLIP, "digest", (("a" * 64, ApexPixels()),), tmp_path),))
    assert done.unread == {"a" * 64: "2.jpg: the file is empty"}
    assert not done.failed


def test_apex_and_sources_are_known_before_decoding():
    films = Films(Path("/"), ([],))
    views = views_of(films, CLIP, "digest", None)
    assert (views.apex, set(views.sources)) == (1, {"frames"})
    assert "frames" in views.sources
    assert "flow_image" not in views.sources
    with pytest.raises(KeyError):
        views.sources["flow_image"]
    assert films.count[0] == []
    assert len(views.sources["frames"]) == 3


@dataclass(frozen=True)
class Taped(Films):
    """As above, and can decode some frames alone; notes which."""

    asked: tuple[list[tuple[int, ...]], ...] = ([],)

    def read_some(self, clip, positions):
        self.asked[0].append(tuple(positions))
        if self.broken:
            raise DataError("2.jpg: the file is empty")
        whole = np.random.default_rng(0).integers(0, 255, (3, 40, 40), dtype=np.uint8)
        return {"frames": whole[list(positions)]}


def test_views_of_onset_and_apex_decode_two_frames(tmp_path):
    whole, some = Films(Path("/"), ([],)), Taped(Path("/"), ([],), asked=([],))
    for view in (key_frames, optical_flow, optical_strain):
        for size in (None, (20, 20)):
            expected = view(views_of(whole, CLIP, "digest", Cache(tmp_path / "a")), size=size)
            found = view(views_of(some, CLIP, "digest", Cache(tmp_path / "b")), size=size)
            np.testing.assert_array_equal(found, expected)
    assert some.count[0] == []
    assert set(some.asked[0]) == {(0, 1)}


def test_both_sizes_of_key_frames_share_one_decoding():
    some = Taped(Path("/"), ([],), asked=([],))
    views = views_of(some, CLIP, "digest", None)
    for size in (None, (20, 20), (10, 10)):
        key_frames(views, size)
    assert some.asked[0] == [(0, 1)]


def test_all_frames_at_hand_are_not_decoded_again():
    some = Taped(Path("/"), ([],), asked=([],))
    views = views_of(some, CLIP, "digest", None)
    frames = gray_frames(views)
    np.testing.assert_array_equal(key_frames(views), frames[[0, 1]])
    assert (some.count[0], some.asked[0]) == ([1], [])


def test_a_single_file_with_a_video_is_read_whole():
    some = Taped(Path("/"), ([],), asked=([],))
    film = replace(CLIP, files=("1.avi",), apex=None)
    assert key_frames(views_of(some, film, "digest", None)).shape == (2, 40, 40)
    assert some.asked[0] == []


def test_a_frame_that_cannot_be_read_alone_is_no_fault_of_a_method(tmp_path):
    broken = Taped(Path("/"), ([],), broken=True, asked=([],))
    rows = (("a" * 64, ApexPixels()),)
    done = call(describe, (Describe(broken, CLIP, "digest", rows, tmp_path),))
    assert done.unread == {"a" * 64: "2.jpg: the file is empty"}


class Folders(FrameDataset):
    """Frames on disk."""

    name = "films"


class Inverted(Folders):
    """A plugin that changes what is read."""

    def read(self, clip):
        return {"frames": 255 - super().read(clip)["frames"]}


@pytest.mark.parametrize("colours", [(), (1,), (2,), (0, 1, 2)])
def test_key_frames_are_the_same_bits_whichever_way_they_are_read(tmp_path, colours):
    """Grey clips, coloured ones, and clips of both."""
    rng = np.random.default_rng(1)
    for i, name in enumerate(CLIP.files):
        shape = (40, 30, 3) if i in colours else (40, 30)
        image = Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8))
        image.save(tmp_path / name, quality=90)
    clip = replace(CLIP, folder=tmp_path)
    for kind in (Folders, Inverted):
        dataset = kind(tmp_path)
        whole = Views({"frames": dataset.read(clip)["frames"]}, 1)
        for view in (key_frames, optical_flow):
            found = view(views_of(dataset, clip, "digest", None))
            np.testing.assert_array_equal(found, view(whole))


def test_landmarks_come_without_all_frames(tmp_path):
    for name in CLIP.files:
        Image.new("L", (30, 40), 90).save(tmp_path / name)
    (tmp_path / "3.jpg").write_bytes(b"no image")
    points = tmp_path / "points.csv"
    points.write_text("\n".join(f"{i},{i}" for i in range(68)))
    clip = replace(CLIP, folder=tmp_path, landmarks=points)
    views = views_of(Folders(tmp_path), clip, "digest", None)
    assert landmarks(views).shape == (68, 2)
    assert key_frames(views).shape == (2, 40, 30)
    with pytest.raises(DataError, match=r"3\.jpg"):
        gray_frames(views)


LONG = """
import resource, sys
from pathlib import Path
from bench.core.clip import Clip
from bench.data.reading import FrameDataset
from bench.methods.apexpixels import ApexPixels
from bench.methods.ststnet import STSTNet
from bench.running.engines.job import call
from bench.running.jobs import Describe
from bench.running.worker import describe

class Folders(FrameDataset):
    name = "films"

folder, last = Path(sys.argv[1]), int(sys.argv[2])
clip = Clip("films", "1", "a", "", folder, tuple(f"{i % 3}.jpg" for i in range(last)), last // 2)
rows = (("a" * 64, ApexPixels()), ("b" * 64, STSTNet()))
done = call(describe, (Describe(Folders(folder), clip, "digest", rows, folder / "cache"),))
assert not done.failed and not done.unread, done
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.slow
def test_a_long_clip_of_large_frames_takes_little_memory(tmp_path):
    """730 frames of 1280 x 720 in colour, as CAS(ME)^3 has: 2 GB when decoded together."""
    rng = np.random.default_rng(0)
    base = np.kron(rng.integers(60, 180, (45, 80, 3), dtype=np.uint8), np.ones((16, 16, 1), "u1"))
    for i in range(3):
        Image.fromarray(np.roll(base, i, 0)).save(tmp_path / f"{i}.jpg", quality=85)
    command = [sys.executable, "-c", LONG, str(tmp_path), "730"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) <= 400
