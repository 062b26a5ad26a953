"""A clip is decoded when pixels are asked for, and not where its views are in the cache."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from bench.cache.cache import Cache
from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.methods.apexpixels import ApexPixels
from bench.methods.ststnet import STSTNet
from bench.running.jobs import Describe
from bench.running.worker import describe
from bench.views.flow.optical import optical_flow, optical_strain
from bench.views.frames import key_frames
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
    done = describe(Describe(films, CLIP, "digest", rows, tmp_path))
    assert not done.failed
    assert films.count[0] == [1]


def test_what_cannot_be_read_is_no_fault_of_a_method(tmp_path):
    films = Films(Path("/"), ([],), broken=True)
    done = describe(Describe(films, CLIP, "digest", (("a" * 64, ApexPixels()),), tmp_path))
    assert done.unreadable == "2.jpg: the file is empty"
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
