"""A view of another version is computed anew, and so is all that is made of it."""

from __future__ import annotations

import numpy as np
import pytest

from bench.cache.cache import Cache
from bench.methods.apexpixels import ApexPixels
from bench.methods.ststnet import STSTNet
from bench.plugins.configure import Configured
from bench.views.catalog import CATALOG, ViewSpec, view_versions
from bench.views.clip_views import Views
from bench.views.flow.optical import flow_image, optical_flow


@pytest.fixture
def newer(monkeypatch):
    """Raise the version of a view."""

    def raised(name: str) -> None:
        monkeypatch.setitem(CATALOG, name, ViewSpec(CATALOG[name].version + 1, CATALOG[name].of))

    return raised


def clip(tmp_path) -> Views:
    frames = np.random.default_rng(0).integers(0, 255, (3, 48, 48), dtype=np.uint8)
    return Views({"frames": frames}, 1, "d", Cache(tmp_path))


def test_stored_views_of_a_newer_version_are_computed_anew(tmp_path, newer):
    def stored() -> int:
        flow_image(clip(tmp_path))
        return len(list((tmp_path / "views").rglob("*.npz")))

    assert stored() == stored() == 3
    newer("optical_flow")
    assert stored() == 5
    newer("flow_image")
    assert stored() == 6


def test_descriptions_follow_the_views_they_are_made_of(newer):
    def keys() -> tuple[str, ...]:
        return tuple(
            Configured(m, m.name, "paper").description_key for m in (STSTNet(), ApexPixels())
        )

    network, pixels = keys()
    assert keys() == (network, pixels)
    newer("optical_flow")
    assert keys()[0] != network
    assert keys()[1] == pixels
    newer("key_frames")
    assert keys()[1] != pixels


def test_a_view_names_what_it_is_computed_from(tmp_path):
    """Each view asks for nothing beyond what its catalogue entry leads to."""
    for view in (optical_flow, flow_image):
        seen = clip(tmp_path / view.__name__)
        view(seen)
        known = view_versions(frozenset({view.__name__}), frozenset({"frames"}))
        assert seen.seen <= known.keys() | {"frames"}
