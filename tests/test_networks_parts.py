"""Parts of networks that have a right answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch


def test_co_occurrence_counts_training_clips_alone():
    from bench.methods.augcn import co_occurrence

    units = [frozenset({1, 2}), frozenset({1, 2}), frozenset({12}), None]
    graph = co_occurrence(units, (1, 2, 12))
    assert np.allclose(graph, [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]])
    assert np.array_equal(co_occurrence([None, None], (1, 2, 12)), np.eye(3))
    assert np.array_equal(co_occurrence([], (1, 2)), np.eye(2))


def test_co_occurrence_reads_its_columns_as_the_authors_do():
    """Entries (1, 2) and (2, 1) of data/adj/adj_train1.npy, raying777/FGRMER at 1ed1be2."""
    from bench.methods.augcn import co_occurrence

    # 104 clips with unit 1, 110 with unit 2, 82 of them with both.
    units = [frozenset({1, 2})] * 82 + [frozenset({1})] * 22 + [frozenset({2})] * 28
    theirs = np.array([[1, 0.7454545], [0.7884615, 1]])
    # gen_adj in their utils.py: (A D)ᵀ D with D the square roots of the inverse sums of rows.
    root = np.diag(theirs.sum(1) ** -0.5)
    assert np.allclose(co_occurrence(units, (1, 2)), (theirs @ root).T @ root, atol=1e-6)


def test_unchained_encoders_are_the_last_alone():
    from bench.methods.augcn.net import Region

    x = torch.randn(2, 10, 49, generator=torch.Generator().manual_seed(0))
    region = Region(10, chained=False).eval()
    last = region.reduce(region.encoders[-1](x))
    assert torch.equal(region(x), last)
    region.chained = True
    assert not torch.allclose(region(x), last)


def test_landmarks_neighbour_each_other():
    from bench.methods import tsgacn
    from bench.views.landmarks import TEMPLATE

    joined = tsgacn.neighbours(np.array(TEMPLATE[tsgacn.JAW :]), 6)
    assert len(joined) == 51
    assert joined.diagonal().all()
    assert (joined == joined.T).all()
    assert joined.sum(1).min() >= 7


def test_a_landmark_is_joined_to_itself_in_the_frames_beside():
    from bench.methods import tsgacn

    joined = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]]) > 0
    blocks = tsgacn.over_frames(joined, 3).reshape(3, 3, 3, 3).transpose(0, 2, 1, 3)
    for i in range(3):
        for j in range(3):
            wanted = {0: joined, 1: np.eye(3) > 0, 2: np.zeros((3, 3)) > 0}[abs(i - j)]
            assert np.array_equal(blocks[i, j], wanted)


def test_nodes_are_the_landmarks_of_three_frames():
    """A SYNTHETIC texture that moves 2 px right up to the apex, and back to the onset."""
    import cv2

    from bench.methods.tsgacn import JAW, TSGACN
    from bench.views.clip_views import Views
    from bench.views.landmarks import TEMPLATE

    noise = np.random.default_rng(0).integers(0, 255, (160, 160), dtype=np.uint8)
    wide = cv2.GaussianBlur(noise, (0, 0), 3)
    frames = np.stack([wide[16:144, 16 - s : 144 - s] for s in (0, 2, 0)])
    made = TSGACN().describe(Views({"frames": frames}, apex=1))
    points = made["points"].reshape(3, 51, 2)
    assert np.allclose(points[0], np.array(TEMPLATE[JAW:]) - 0.5, atol=1e-6)
    assert np.allclose(128 * (points[1] - points[0]).mean(0), (2, 0), atol=0.3)
    assert np.allclose(128 * (points[2] - points[0]).mean(0), (0, 0), atol=0.3)
    patches = made["patches"].reshape(3, 51, 2, -1)
    assert not patches[0].any()
    assert np.allclose(patches[1].mean((0, 2)), (2, 0), atol=0.3)


def test_graph_attention_sees_neighbours_alone():
    from bench.methods.tsgacn.net import GraphAttention

    layer = GraphAttention(3, 4)
    x = torch.randn(1, 4, 3, generator=torch.Generator().manual_seed(0))
    joined = torch.eye(4, dtype=torch.bool)
    joined[0, 1] = joined[1, 0] = True
    changed = x.clone()
    changed[:, 3] += 1
    before, after = layer(x, joined), layer(changed, joined)
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3], after[:, 3])


@pytest.mark.parametrize("count", [2, 5, 8])
@pytest.mark.parametrize("apex", [1, 4, 30, 38])
def test_key_frames_hold_onset_apex_and_offset(apex, count):
    from bench.methods.plan import key_frames

    chosen = key_frames(apex, 40, count)
    assert len(chosen) == count
    assert {0, apex, 39} <= {*chosen.tolist()} | ({39} if count == 2 else set())
    assert (np.diff(chosen) >= 0).all()
    assert (chosen[: count // 2] <= apex).all()
    assert (chosen[count // 2 :] >= apex).all()


def test_episodes_hold_every_class_twice_over():
    from bench.methods.plan.net import episodes

    labels = torch.tensor([0] * 9 + [2] * 2)
    drawn = list(episodes(labels, torch.Generator().manual_seed(0), 3, 2))
    assert len(drawn) == 3
    for index in drawn:
        assert labels[index].tolist() == [0, 0, 2, 2] * 2


def test_an_epoch_of_frames_is_even_and_holds_every_apex():
    """250, 109 and 83 clips: 5 * 83 frames of each class (sample_data in dataset.py)."""
    from bench.methods.capsulenet.frames import evened

    labels = torch.tensor([0] * 250 + [1] * 109 + [2] * 83).repeat_interleave(5)
    drawn = list(evened(labels, torch.Generator().manual_seed(0), 5, 32))
    assert {len(index) for index in drawn[:-1]} == {32}
    every = torch.cat(drawn)
    assert len(set(every.tolist())) == len(every)
    assert set(range(2, len(labels), 5)) <= set(every.tolist())
    counts = torch.bincount(labels[every])
    assert counts[2] == 415
    assert (counts - 415).abs().max() < 30


def test_augmented_frames_keep_their_middle():
    from bench.methods.capsulenet.frames import augment

    frames = torch.full((6, 94, 96), 100, dtype=torch.uint8)
    made = augment(frames, torch.Generator().manual_seed(0), 90)
    assert made.shape == (6, 90, 90)
    # Brightness changes by at most a fifth; contrast changes nothing in a uniform frame but at the
    # corners, which rotation fills with black and which darken the mean.
    assert ((made[:, 40:50, 40:50] > 78) & (made[:, 40:50, 40:50] < 125)).all()
    assert len({float(frame[45, 45]) for frame in made}) == 6


def test_prototypes_are_class_means_and_absent_classes_lose():
    from bench.methods.plan.net import PrototypeNet, settle

    net = PrototypeNet(3, 4).eval()
    frames = torch.randint(256, (5, 4, 24, 24), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        settle(net, frames, torch.tensor([0, 0, 2, 2, 2]))
        assert torch.allclose(net.prototypes[0], net.features(frames[:2]).mean(0), atol=1e-5)
        assert (net(frames)[:, 1] < net(frames)[:, [0, 2]].amin(1)).all()


def test_regions_decide_by_the_strongest():
    from bench.methods.lgccon.net import Decision, joint_loss, pool

    maps = torch.zeros(1, 1, 14, 14)
    maps[0, 0, 12, 6] = 5
    assert pool(maps, (0.2, 0.6, 0.55, 0.95)).max() == 5
    assert pool(maps, (0.05, 0.15, 0.5, 0.5)).max() == 0
    logits = torch.tensor([[50.0, 0.0]])
    made = Decision(logits, logits, logits, torch.zeros(2, 2))
    # Half the squared length of the summed logits, which lie 50 from their centre.
    assert joint_loss(made, torch.tensor([0]), 0.7, 2e-4) == pytest.approx(2e-4 * 50**2 / 2)


def test_rates_of_lgccon_are_those_of_the_public_prototxt():
    """lr_mult 1 and 2 in the trunk, 10 and 20 after it; decay_mult 0 for biases."""
    from bench.methods.lgccon.net import LocalGlobalNet, parameter_groups

    net = LocalGlobalNet(3, "resnet18", 8, 0.5)
    rates = {id(g["params"][0]): (g["lr"], g["weight_decay"]) for g in parameter_groups(net, 1, 5)}
    trunk = dict(net.trunk.named_parameters())
    assert rates[id(trunk["conv1.weight"])] == (1, 5)
    assert rates[id(trunk["bn1.bias"])] == (2, 0)
    assert rates[id(net.classify["sum"].weight)] == (10, 5)
    assert rates[id(net.classify["sum"].bias)] == (20, 0)
    assert len(rates) == len(list(net.parameters()))


def test_state_constraints_vanish_where_they_hold():
    from bench.methods.cnnlstm.net import States, constrained_loss

    labels = torch.tensor([0, 1])
    sure = 50 * torch.nn.functional.one_hot(labels, 2).float()
    state = 50 * torch.eye(5).expand(2, 5, 5)
    features = torch.ones(2, 5, 4)
    made = States(sure[:, None].expand(2, 5, 2), state, features)
    assert constrained_loss(made, labels, 1.0, 1.0) < 1e-6
    leaping = States(made.frame, state, features * torch.arange(5)[:, None])
    assert constrained_loss(leaping, labels, 0.0, 2.0) == pytest.approx(2.0, abs=1e-5)


def test_the_second_stage_leaves_what_the_first_has_learned():
    """As the abstract says (openreview.net/forum?id=BP0wuPuMts7): features are transferred."""
    from bench import Context, Training
    from bench.methods.cnnlstm import CNNLSTM

    frames = np.random.default_rng(0).integers(0, 255, (6, 5, 64, 64), dtype=np.uint8)
    train = Training(list(frames), np.arange(6) % 2, np.arange(6), 2)

    def weights(**loss):
        method = CNNLSTM(epochs=2, batch_size=3, **loss)
        net = method.fit(train, Context(seed=1, subjects=train.subjects)).net
        return net.spatial.classify.weight, net.temporal.weight_ih_l0

    (spatial, temporal), (other, later) = weights(), weights(spread=9.0)
    # The constraints are learned in the first stage, and what it learns reaches the second.
    assert not torch.equal(spatial, other)
    assert not torch.equal(temporal, later)
    method = CNNLSTM(epochs=2, batch_size=3)
    context = Context(seed=1, subjects=train.subjects)
    net = method.fit(train, context).net
    before = {name: value.clone() for name, value in net.spatial.state_dict().items()}
    optimiser = torch.optim.Adam(net.train().parameters(), 1.0)
    net(torch.from_numpy(frames)).square().sum().backward()
    optimiser.step()
    assert all(torch.equal(before[n], v) for n, v in net.spatial.state_dict().items())
    assert [point["epoch"] for point in context.curve] == [1, 2]
