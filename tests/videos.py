"""Videos made of drawn frames, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

LOSSLESS = ("ffv1", "bgr0")


def pattern(length: int, height: int = 24, width: int = 32, seed: int = 0) -> np.ndarray:
    """Colour frames that all differ: (length, height, width, 3) uint8."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(0, 200, (1, height, width, 3)) + np.arange(length)[:, None, None, None]
    return frames.astype(np.uint8)


def write_video(
    path: Path,
    frames: np.ndarray,
    codec: tuple[str, str] = LOSSLESS,
    times: Sequence[int] | None = None,
    **options: str,
) -> Path:
    """Write frames (n, h, w[, 3]) at 30 a second, or shown at `times`, milliseconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec[0], rate=30, options=options)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = codec[1]
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for at, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(pixels), format="gray" if pixels.ndim == 2 else "rgb24"
            )
            if times is not None:
                frame.pts, frame.time_base = times[at], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def turned(path: Path) -> Path:
    """The mp4 of a camera that was held upright: its matrix says a quarter turn clockwise."""
    data = bytearray(path.read_bytes())
    one = 1 << 16
    plain = np.array([one, 0, 0, 0, one, 0, 0, 0, 1 << 30], ">i4").tobytes()
    at = data.index(plain, data.index(b"tkhd"))
    data[at : at + len(plain)] = np.array([0, one, 0, -one, 0, 0, 0, 0, 1 << 30], ">i4").tobytes()
    there = path.with_name(f"turned_{path.name}")
    there.write_bytes(data)
    return there
