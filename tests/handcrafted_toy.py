"""SYNTHETIC clips of a texture whose thirds move by class, and a fold of them."""

import numpy as np

from bench import Context, Training, Views


def moving(label: int, seed: int, frames: int = 12, size: tuple[int, int] = (85, 70)) -> Views:
    """A texture of which the third numbered by the class moves right until the middle frame."""
    from scipy.ndimage import gaussian_filter, shift

    h, _ = size
    still = gaussian_filter(np.random.default_rng(seed).normal(size=size), 1.5)
    still = 30 + 190 * (still - still.min()) / np.ptp(still)
    rows = slice(h * label // 3, h * (label + 1) // 3)
    images = np.repeat(still[None], frames, axis=0)
    for i, image in enumerate(images):
        step = 1.5 * np.sin(np.pi * i / max(frames - 1, 1))
        image[rows] = shift(still, (0, step), order=1, mode="wrap")[rows]
    return Views({"frames": images.astype(np.uint8)}, apex=frames // 2)


def fold(method, fits: int = 9, held: int = 6, seed: int = 0, **fields):
    """Describe clips of three classes and fit to the first: (training, model, held, labels)."""
    labels = np.arange(fits + held) % 3
    described = [method.describe(moving(y, n, **fields)) for n, y in enumerate(labels)]
    subjects = np.arange(fits) // 3
    train = Training(described[:fits], labels[:fits], subjects, 3)
    model = method.fit(train, Context(seed=seed, subjects=subjects))
    return train, model, described[fits:], labels[fits:]


def accuracy(method, **numbers) -> float:
    """Share of held-out clips recognised."""
    _, model, held, labels = fold(method, **numbers)
    return float((model.predict(held).argmax(axis=1) == labels).mean())
