"""Features that a dataset ships in place of frames."""

from __future__ import annotations

from bench.core.types import Array
from bench.views.catalog import provided, view
from bench.views.clip_views import Views


# Of itself: no other view can be turned into it, so only a dataset that ships it serves it.
@view(version=1, of="features", stored=False)
def features(clip: Views) -> Array:
    """Precomputed features, (d,) float: shipped by the dataset, which says what they are."""
    return provided(clip, "features")
