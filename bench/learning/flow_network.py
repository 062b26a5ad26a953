"""The base of networks that see a clip as one image of its optical flow."""

from __future__ import annotations

from dataclasses import dataclass

from bench.core.types import Array
from bench.learning.network_method import NetworkMethod
from bench.views.clip_views import Views
from bench.views.flow.optical import flow_image


@dataclass(frozen=True)
class FlowNetwork(NetworkMethod):
    """A network on the flow from onset to apex: a plugin adds its facts and `network`."""

    needs = frozenset({"flow_image"})
    # No field changes the flow image, so that all presets and variants share it.
    described_by = ()

    def describe(self, clip: Views) -> Array:
        """Planes (u, v, strain), uint8 (3, 28, 28)."""
        return flow_image(clip)
