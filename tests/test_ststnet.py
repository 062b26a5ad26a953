"""STSTNet: the fast stage computes what PyTorch's own layers do; published weights."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from bench.core.errors import BenchError
from bench.datasets.megc2019flow import Megc2019Flow
from bench.learning.layers import HalfDropout
from bench.methods.offapex import OffApexNet
from bench.methods.ststnet import STSTNet
from bench.methods.ststnet.net import STSTNet as Module
from bench.methods.ststnet.weights import from_streams
from bench.plugins.context import Context
from bench.plugins.model import Training


class ThreeStreams(nn.Module):
    """PyTorch's own layers in place of our kernels, by the names in the public code; no dropout.

    It shows that the kernels are right, and not that the network or the order of its planes is the
    authors': `bench fidelity ststnet` and their published weights show that.
    """

    def __init__(self) -> None:
        super().__init__()
        for i, channels in enumerate((3, 5, 8), 1):
            setattr(self, f"conv{i}", nn.Conv2d(3, channels, 3, padding=2))
            setattr(self, f"bn{i}", nn.BatchNorm2d(channels))
        self.fc = nn.Linear(400, 3)

    def forward(self, x):
        streams = []
        for i in (1, 2, 3):
            y = functional.relu(getattr(self, f"conv{i}")(x))
            streams.append(functional.max_pool2d(getattr(self, f"bn{i}")(y), 3, 3, 1))
        return self.fc(functional.avg_pool2d(torch.cat(streams, 1), 2).flatten(1))


def planes(n: int) -> torch.Tensor:
    """Flow-like planes with a flat region, where pooling windows tie."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(256, (n, 3, 28, 28), generator=generator, dtype=torch.uint8)
    images[:, :, 10:20] = 128
    return images


def theirs(n: int) -> torch.Tensor:
    """The same as the public code reads them: by OpenCV, strain first."""
    return planes(n).flip(1)


@pytest.fixture
def pair():
    with torch.random.fork_rng([]):
        torch.manual_seed(3)
        plain = ThreeStreams().double()
        for i in (1, 2, 3):  # both signs of scale: a negative one pools minima
            nn.init.normal_(getattr(plain, f"bn{i}").weight)
            nn.init.normal_(getattr(plain, f"bn{i}").bias)
        ours = Module(3).double()
    ours.dropout = nn.Identity()
    ours.load_state_dict(from_streams(plain.state_dict()))
    return plain, ours


def test_predictions_equal_three_streams(pair):
    plain, ours = (net.eval() for net in pair)
    assert torch.allclose(plain(theirs(9).double()), ours(planes(9)), rtol=1e-12)


def test_training_step_equals_three_streams(pair):
    plain, ours = pair
    labels = torch.arange(12) % 3
    for net, images in ((plain, theirs(12).double()), (ours, planes(12))):
        functional.cross_entropy(net(images), labels).backward()
    gradients = {name: p.grad for name, p in plain.named_parameters()}
    wanted = from_streams({**plain.state_dict(), **gradients})
    for name, p in ours.named_parameters():
        assert torch.allclose(p.grad, wanted[name], rtol=1e-8, atol=1e-12), name
    for name, buffer in ours.named_buffers():
        assert torch.allclose(buffer, from_streams(plain.state_dict())[name], rtol=1e-10), name


LINES = re.compile(r"Subject: (\S+)\s+Predicted   : \[(.*?)\]\s+Ground Truth: \[(.*?)\]")


@pytest.mark.parametrize(
    ("person", "logged", "file"),
    [
        ("smic/s1", "s01", "s01.pth"),
        ("casme2/17", "sub17", "sub17.pth"),
        ("samm/006", "006", "006.pth"),
    ],
)
def test_published_weights_predict_what_the_authors_log_says(person, logged, file):
    """On the published flow images; the log names no clip, so predictions are counted by class."""
    folder = os.environ.get("BENCH_CLONES")
    if not folder:
        pytest.skip("set BENCH_CLONES to a folder with clones of STSTNet and HTNet")
    clone, flow = Path(folder, "STSTNet"), Megc2019Flow(Path(folder, "HTNet"))
    lines = LINES.findall((clone / "STSTNet_python_logfile.txt").read_text())
    ((guesses, truth),) = [words for name, *words in lines if name == logged]
    expected = Counter(zip(map(int, truth.split(",")), map(int, guesses.split(",")), strict=True))
    state = torch.load(clone / "STSTNet_Weights" / file, map_location="cpu", weights_only=True)
    model = STSTNet().published({name: value.numpy() for name, value in state.items()}, 3)
    clips = [clip for clip in flow.index().clips if f"{clip.database}/{clip.subject}" == person]
    found = model.predict([flow.read(clip)["flow_image"] for clip in clips]).argmax(1)
    labels = [flow.labellings["3"].label(clip) for clip in clips]
    assert Counter(zip(labels, found.tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("name", "value"), [("conv2.bias", None), ("fc.weight", np.zeros((5, 400)))]
)
def test_weights_of_another_network_are_named(pair, name, value):
    state = {n: v.numpy() for n, v in pair[0].state_dict().items() if n != name}
    with pytest.raises(BenchError, match=name):
        STSTNet().published(state if value is None else {**state, name: value}, 3)


def test_half_dropout():
    layer, x = HalfDropout(), torch.ones(50, 7, 11)
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        out = layer(x)
    assert set(out.unique().tolist()) == {0.0, 2.0}
    assert abs(out.mean().item() - 1) < 0.05
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.parametrize(
    "method", [STSTNet(epochs=60, learning_rate=1e-3), OffApexNet(epochs=6, learning_rate=1e-3)]
)
def test_learns_where_motion_is(method):
    """Blobs of flow whose place is the class; training leaves one class of four out."""
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=60)
    clips = rng.integers(40, size=(60, 3, 28, 28), dtype=np.uint8)
    for clip, label in zip(clips, labels, strict=True):
        clip[:, 8 * label : 8 * label + 8] += 150
    train = Training(list(clips[:40]), labels[:40], np.arange(40), 4)
    model = method.fit(train, Context(7, train.subjects))
    scores = model.predict(list(clips[40:]))
    assert scores.shape == (20, 4)
    assert (scores.argmax(1) == labels[40:]).mean() > 0.9
