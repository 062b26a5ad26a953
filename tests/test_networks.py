"""Every network: its size, and that it fits and predicts whatever the fold is like."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch

from bench.plugins.context import Context
from bench.plugins.method import Method
from bench.plugins.model import Training
from bench.views.clip_views import Views

RESNET18 = 11_689_512 - (512 * 1000 + 1000)
"""Without its classifier; torchvision's documentation of `ResNet18_Weights` counts the whole."""
VGG16 = 138_357_544 - (4096 * 1000 + 1000)
"""To fc7; torchvision's documentation of `VGG16_Weights` counts the whole."""

SIZES = [
    # folder, module, arguments, parameters: counted in the networks of public code, at the commits
    # that `bench fidelity` compares with, or sums of sizes that others state. A network of our own
    # design has no size that anybody else knows, and no row.
    ("dualinception", "DualInceptionNet", (3,), 6_449_963),  # xly135846/MEGC2019 at 0637394
    ("rcn", "RCNA", (3, 64, 7), 55_747),  # tvaranka/meb at f731b0a
    ("rcn", "RCNA", (3, 32, 5), 15_331),
    ("sssnet", "SSSNetwork", (3,), 1_349_251),  # tvaranka/meb at f731b0a
    ("htnet", "HTNetwork", (3,), 139_582_982),  # wangzhifengharrison/HTNet at 91cf4bd
    ("ststnet", "STSTNet", (3,), 1_683),  # christy1206/STSTNet at 1afb56e
    # muse1998/MMNet at 7b62fa9, CASME2_5.py: those that take part in its output; 9,970,947 in all.
    ("mmnet", "MMNetwork", (5, 224), 9_438_841),
    ("capsulenet", "CapsuleNetwork", (3, 224), 13_842_496),  # davidnvq/me_recognition at cd46da6
    # raying777/FGRMER at 1ed1be2, without its constant graph of 9 x 9.
    ("augcn", "AUGCNetwork", (3, torch.eye(9), True), 1_046_669 - 81),
    ("timm", "Backbone", ("resnet18", 3, 224, "difference"), RESNET18 + 513 * 3),
    # Shared as in the public prototxt; four classifiers and the class centres.
    ("lgccon", "LocalGlobalNet", (3, "vgg16", 4096, 0.8), VGG16 + 4 * (4096 * 3 + 3) + 9),
]

METHODS = [
    # folder, class, a configuration small enough for a test
    ("ststnet", "STSTNet", {"epochs": 2}),
    ("offapex", "OffApexNet", {"epochs": 2}),
    ("dualinception", "DualInception", {"epochs": 2}),
    ("rcn", "RCN", {"epochs": 2, "width": 8, "pool": 5}),
    ("sssnet", "SSSNet", {"epochs": 2}),
    ("shcfnet", "SHCFNet", {"epochs": 2}),
    ("featref", "FeatRef", {"epochs": 2}),
    ("dssn", "DSSN", {"epochs": 1, "size": 67}),
    ("mmnet", "MMNet", {"epochs": 1, "size": 32}),
    ("capsulenet", "CapsuleNet", {"epochs": 1, "size": 32}),
    ("timm", "Timm", {"epochs": 1, "size": 32}),
    ("timm", "OnFlow", {"epochs": 1, "size": 32, "image": "flow"}),
    ("geme", "GEME", {"epochs": 1, "size": 32}),
    ("geme", "GEME", {"epochs": 1, "size": 32, "gender": False}),
    ("lgccon", "LGCcon", {"epochs": 1, "size": 32, "trunk": "resnet18", "hidden": 16}),
    ("augcn", "AUGCN", {"epochs": 1}),
    ("augcn", "AUGCN", {"epochs": 1, "chained": False}),
    ("cnnlstm", "CNNLSTM", {"epochs": 1}),
    ("tsgacn", "TSGACN", {"epochs": 1}),
    ("plan", "PLAN", {"epochs": 1, "episodes": 1, "shots": 2, "size": 24, "width": 4}),
    ("raicl", "RaICL", {"epochs": 1, "size": 32}),
    pytest.param("htnet", "HTNet", {"epochs": 1}, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("folder", "name", "arguments", "count"), SIZES)
def test_parameters(folder, name, arguments, count):
    assert parameters(folder, name, arguments) == count


def test_offapex_has_the_2_66_million_parameters_of_its_rebuild():
    """README.md:35 of ECNU-Cross-Innovation-Lab/PRICAI2021-Off-TANet at b6149ba: "2.66M"."""
    assert f"{parameters('offapex', 'OffApexNet', (3,)) / 1e6:.2f}M" == "2.66M"


def parameters(folder: str, name: str, arguments: tuple) -> int:
    """Trained parameters of a network."""
    module = importlib.import_module(f"bench.methods.{folder}.net")
    with torch.device("meta"):
        net = getattr(module, name)(*arguments)
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def clip(seed: int) -> Views:
    """A SYNTHETIC texture whose lower half moves, and a flow image."""
    rng = np.random.default_rng(seed)
    texture = rng.integers(60, 200, size=(70, 80), dtype=np.uint8)
    frames = np.stack([texture[3:67, 4:68]] * 9)
    for i, frame in enumerate(frames):
        frame[32:] = texture[35:67, 4 + i // 3 : 68 + i // 3]
    planes = rng.integers(256, size=(3, 28, 28), dtype=np.uint8)
    return Views({"frames": frames, "flow_image": planes}, apex=4)


def build(folder: str, name: str, changes: dict) -> Method:
    return getattr(importlib.import_module(f"bench.methods.{folder}"), name)(**changes)


@pytest.mark.parametrize(("folder", "name", "changes"), METHODS)
def test_any_fold_predicts(folder, name, changes):
    """A class without a clip, a training set of one clip, clips scored alone or together."""
    method = build(folder, name, changes)
    clips = [method.describe(clip(seed)) for seed in range(7)]
    state = torch.get_rng_state()
    for n in (7, 1):
        labels = np.arange(n) % 3
        units = tuple(frozenset({1, 12}) if i % 2 else None for i in range(n))
        genders = tuple((None, "female", "male")[i % 3] for i in range(n))
        train = Training(clips[:n], labels, np.arange(n) % 2, 4, units, genders)
        model = method.fit(train, Context(3, train.subjects))
        scores = model.predict(clips)
        assert scores.shape == (7, 4)
        assert scores.dtype == np.float64
        assert np.isfinite(scores).all()
        assert np.array_equal(scores[2:3], model.predict(clips[2:3]))
        again = method.fit(train, Context(3, train.subjects)).predict(clips)
        assert np.array_equal(scores, again)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize(("folder", "name", "changes"), METHODS)
def test_presets_and_needs(folder, name, changes):
    method = build(folder, name, {})
    assert "paper" not in method.presets  # the defaults are the paper's
    for preset in [*method.presets.values(), *method.variants.values()]:
        build(folder, name, dict(preset))
    seen = clip(0)
    build(folder, name, changes).describe(seen)
    assert method.needs <= seen.seen


def test_htnet_mosaic_takes_eyes_above_and_mouth_below():
    from bench.methods.htnet import mosaic

    planes = np.broadcast_to(np.arange(28)[:, None], (3, 28, 28))
    assert mosaic(planes, False)[0, :, 0].tolist() == [*range(4, 18), *range(14, 28)]
    assert mosaic(planes, True)[0, :, 0].tolist() == [*range(2, 16), *range(3, 17)]


def test_rcn_attention_of_a_constant_map_is_finite():
    from bench.methods.rcn.net import activation_map

    maps = torch.ones(2, 4, 5, 5, requires_grad=True)
    out = activation_map(maps, torch.ones(3, 100))
    out.sum().backward()
    assert torch.isfinite(out).all()
    assert torch.isfinite(maps.grad).all()


def test_any_timm_backbone_by_name():
    from bench.core.errors import BenchError
    from bench.methods.timm import Timm

    assert Timm.from_variant("resnet10t").backbone == "resnet10t"
    assert Timm.from_variant("resnet18+flow").needs == {"flow_image"}
    with pytest.raises(BenchError, match="resnet18"):
        Timm.from_variant("resnet81")
    with pytest.raises(BenchError, match="difference"):
        Timm.from_variant("resnet18+video")


def test_capsule_routing_follows_agreement():
    from bench.methods.capsulenet.net import CapsuleNetwork, squash

    net = CapsuleNetwork(2, 32)
    votes = torch.zeros(1, 2, 6, 16)
    votes[:, 0] = torch.eye(16)[0]  # the capsules agree on class 0
    votes[:, 1] = torch.eye(16)[:6]
    lengths = net.route(votes).norm(dim=-1)
    assert lengths[0, 0] > 2 * lengths[0, 1]
    assert (squash(100 * torch.ones(3, 8)).norm(dim=-1) < 1).all()


def test_flip_and_shift_moves_all_channels_together():
    from bench.learning.augment import flip_and_shift

    images = torch.arange(2 * 30, dtype=torch.uint8).view(1, 2, 5, 6).repeat(40, 1, 1, 1)
    out = flip_and_shift(images, torch.Generator().manual_seed(0), 1)
    assert out.shape == images.shape
    whole = (out[:, 0] > 0) | (out[:, 1] == 30)  # what the zeros outside did not cover
    assert ((out[:, 1].int() - out[:, 0].int())[whole] == 30).all()
    still = flip_and_shift(images, torch.Generator().manual_seed(0), 0)
    assert {tuple(row) for row in still[:, 0, 0].tolist()} == {
        (0, 1, 2, 3, 4, 5),
        (5, 4, 3, 2, 1, 0),
    }
