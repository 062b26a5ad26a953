"""Weights from files, genders and action units: taken where given, labelled where not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import BenchError
from bench.data.task import Task
from bench.learning import pretrained
from bench.plugins.configure import configure
from bench.plugins.context import Context
from bench.plugins.model import Training
from bench.plugins.registry import load


def alexnet(channels: int = 96) -> dict[str, torch.Tensor]:
    """A state dict in the layout of Caffe's AlexNet, its classifier left out."""
    generator = torch.Generator().manual_seed(0)
    shapes = {"features.0": (channels, 3, 11, 11), "features.4": (256, 48, 5, 5)}
    state = {}
    for layer, shape in shapes.items():
        state[f"module.{layer}.weight"] = 0.01 * torch.randn(shape, generator=generator)
        state[f"module.{layer}.bias"] = torch.randn(shape[0], generator=generator)
    return state


def test_dssn_starts_both_streams_from_an_alexnet(tmp_path):
    from bench.methods.dssn.net import build

    path = tmp_path / "alexnet.pth"
    torch.save({"state_dict": alexnet()}, path)
    net = build(3, 115, "multiply", str(path))
    for stream in (net.magnitude, net.strain):
        assert torch.equal(stream[0].weight, alexnet()["module.features.0.weight"])
        assert torch.equal(stream[4].bias, alexnet()["module.features.4.bias"])
    planes = torch.randint(256, (2, 2, 115, 115), generator=torch.Generator().manual_seed(0))
    assert torch.isfinite(net.eval()(planes)).all()


def test_a_backbone_takes_all_weights_but_the_classifier(tmp_path):
    import timm

    from bench.methods.timm.net import Backbone

    path = tmp_path / "resnet10t.safetensors"
    given = timm.create_model("resnet10t", num_classes=7).state_dict()
    save_file(given, path)
    net = Backbone("resnet10t", 3, 32, "apex", str(path)).net
    for name, value in net.state_dict().items():
        assert torch.equal(value, given[name]) != name.startswith("fc."), name


def test_lgccon_takes_a_trunk_by_the_names_of_torchvision(tmp_path):
    import timm

    from bench.methods.lgccon.net import LocalGlobalNet

    path = tmp_path / "resnet18.pth"
    given = timm.create_model("resnet18", num_classes=5).state_dict()
    torch.save(given, path)
    net = LocalGlobalNet(3, "resnet18", 16, 0.8, str(path))
    assert torch.equal(net.trunk.layer3[1].conv2.weight, given["layer3.1.conv2.weight"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (alexnet(64), "features|0.weight is (96, 3, 11, 11)"),
        ({"fc.weight": torch.zeros(3, 3)}, "no two convolutions"),
        ([1, 2], "contains list"),
        (None, "not readable as a state dict"),
    ],
)
def test_a_file_that_does_not_fit_is_one_clear_error(tmp_path, content, said):
    from bench.methods.dssn.net import build

    path = tmp_path / "w.pth"
    if content is None:
        path.write_bytes(b"text")
    else:
        torch.save(content, path)
    with pytest.raises(BenchError) as raised:
        build(3, 115, "multiply", str(path))
    assert f"weights={path}" in str(raised.value)
    assert said.rpartition("|")[2] in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("words", ["dssn:weights={}", "lgccon:weights={}", "timm:vgg16+weights={}"])
def test_weights_are_a_variant_and_their_content_a_configuration(tmp_path, words):
    path = tmp_path / "w.pth"
    with pytest.raises(BenchError, match="No such file"):
        configure(load(), words.format(path), "paper")
    path.write_bytes(b"1")
    first = configure(load(), words.format(path), "paper")[0]
    assert first.method.weights == str(path)
    path.write_bytes(b"2")
    second = configure(load(), words.format(path), "paper")[0]
    assert first.config != second.config
    (tmp_path / "moved.pth").write_bytes(b"2")
    moved = configure(load(), words.format(tmp_path / "moved.pth"), "paper")[0]
    assert moved.config == second.config


def test_an_unknown_variant_is_still_an_error_with_a_hint():
    assert [row.label for row in configure(load(), "dssn:a*", "paper")] == ["dssn:add"]
    with pytest.raises(BenchError, match="did you mean add"):
        configure(load(), "dssn:ad", "paper")


def test_words_of_weights():
    assert pretrained.split("weights=a+b.pth") == ("", "a+b.pth")
    assert pretrained.split("resnet18+flow+weights=a") == ("resnet18+flow", "a")
    assert pretrained.split("resnet18+flow") == ("resnet18+flow", "")


@pytest.mark.parametrize("genders", [(), (None,) * 6, ("female", None) * 3])
def test_geme_uses_genders_where_some_are_known(genders):
    from bench.methods.geme import GEME
    from bench.methods.geme.net import DualStream, ExpressionStream

    clips = list(np.random.default_rng(0).integers(256, size=(6, 32, 32), dtype=np.uint8))
    train = Training(clips, np.arange(6) % 2, np.arange(6), 2, (), genders)
    model = GEME(epochs=1, size=32).fit(train, Context(0, train.subjects))
    assert isinstance(model.net, DualStream if any(genders) else ExpressionStream)


def test_a_gender_that_is_not_known_costs_nothing():
    from bench.methods.geme.net import UNKNOWN, Told, joint_loss

    made = Told(torch.zeros(3, 2), torch.tensor([[0.0, 9.0], [0.0, 0.0], [0.0, 9.0]]))
    labels, alpha = torch.tensor([0, 1, 0]), torch.ones(2)

    def loss(*genders: int) -> float:
        targets = {"label": labels, "gender": torch.tensor(genders)}
        return joint_loss(made, targets, alpha, 0.5).item()

    nothing = loss(UNKNOWN, UNKNOWN, UNKNOWN)
    assert loss(1, UNKNOWN, 1) == pytest.approx(nothing, abs=1e-3)
    assert loss(0, UNKNOWN, UNKNOWN) == pytest.approx(nothing + 4.5, abs=1e-3)


TOLD = """

@dataclass(frozen=True)
class Told(Mean):
    \"\"\"Takes genders where there are any.\"\"\"

    name = "told"
    takes = frozenset({"gender"})

    def fit(self, train, context):
        assert set(train.genders) == GENDERS
        return super().fit(train, context)
"""


@pytest.mark.parametrize("known", [False, True])
def test_genders_reach_fit_and_a_board_says_where_there_were_none(world, known):
    text = world.plugin.read_text() + TOLD
    if known:
        text = text.replace("(f.name,))", '(f.name,), gender="male")')
    world.plugin.write_text(text.replace("GENDERS", '{"male"}' if known else "{None}"))
    done = world.run(methods="told,mean")
    assert done.code == 0, done.out + done.err
    kept = {r["label"]: r["inputs"].get("annotations") for r in world.records().values()}
    assert kept["mean"] is None
    assert (kept["told"]["gender"] is not None) == known
    board = world.bench("board", "--format", "markdown").out
    assert ("without gender" in board) != known


def test_what_is_annotated_is_part_of_a_task_s_identity():
    def task(*genders: str | None) -> Task:
        clips = tuple(
            Clip("d", str(i), "c", "e", Path(), (), gender=one) for i, one in enumerate(genders)
        )
        return Task("d/1", Dataset(Path()), ("e",), clips, np.zeros(len(clips)), ())

    assert task(None, None).annotated("gender") is None
    assert task(None, "male").annotated("gender") != task("male", None).annotated("gender")
    assert task("male").annotated("gender") == task("male").annotated("gender")
    assert task("male").annotated("action_units") is None
