from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ttsvar.errors import CheckpointError
from ttsvar.toybox.detector import Maps, ToyDetector, cell_centers, load_detector, save_detector, to_pixels
from ttsvar.toybox.train.detector import DetectorTask, inventory, raw_boxes, targets, wanted
from ttsvar.toybox.train.detector_data import ABSENT, FIELDS, MOST_THINGS, PRESENT, UNSURE, detector_set, spoilt_scene
from ttsvar.toybox.world.prompts import Request, scene_for
from ttsvar.toybox.world.scenes import render
from ttsvar.toybox.world.things import COLORS, SHAPES

SHIPPED = Path(__file__).parents[2] / "assets" / "toybox" / "detector.safetensors"


def thing(shape=2, color=3, box=(20.0, 40.0, 60.0, 90.0), status=PRESENT):
    rows = np.zeros((1, MOST_THINGS, FIELDS), np.float32)
    rows[0, 0] = shape, color, *box, status, 1
    return torch.from_numpy(rows)


def test_cells_around_a_centre_answer_and_the_next_ones_are_free():
    labels, _ = targets(thing(), 16)
    distance = (cell_centers() - torch.tensor([40.0, 65.0])[:, None, None]).norm(dim=0)
    assert bool((labels[0][distance < 6] == 3).all())
    assert bool((labels[0][(distance > 6) & (distance < 14)] == -1).all())
    assert bool((labels[0][distance > 14] == 0).all())


def test_every_centre_has_a_cell_wherever_it_lies():
    for x in np.linspace(30, 98, 23):
        for y in np.linspace(30, 98, 17):
            labels, _ = targets(thing(box=(x - 20, y - 20, x + 20, y + 20)), 16)
            assert bool((labels == 3).any())


def test_spoilt_objects_are_background_and_doubtful_ones_are_free():
    assert bool((targets(thing(status=ABSENT), 16)[0] == 0).all())
    labels, _ = targets(thing(status=UNSURE), 16)
    assert bool((labels != 3).all())
    assert bool((labels == -1).any())


def test_boxes_survive_the_way_to_the_map_and_back():
    rows = thing()
    labels, _ = targets(rows, 16)
    centers = labels > 0
    raw = torch.zeros(1, 4, 16, 16)
    raw.movedim(1, -1)[centers] = raw_boxes(rows[0, :1].expand(int(centers.sum()), -1), centers)
    boxes = to_pixels(raw).movedim(1, -1)[centers]
    assert torch.allclose(boxes, torch.tensor([20.0, 40.0, 60.0, 90.0]).expand_as(boxes), atol=1e-3)


class Scripted(ToyDetector):
    """A detector whose maps are given."""

    def __init__(self, objects) -> None:
        super().__init__()
        self.maps = Maps(torch.zeros(1, 11, 16, 16), torch.zeros(1, 8, 16, 16), torch.zeros(1, 4, 16, 16))
        self.maps.classes[:, 0] = 10.0
        for y, x, label, score, color in objects:
            self.maps.classes[0, 1 + label, y, x] = 10.0 + score
            self.maps.colors[0, color, y, x] = 5.0
            self.maps.boxes[0, 2:, y, x] = float(np.log(5.0))

    def forward(self, images):
        return self.maps


def test_neighbouring_cells_are_one_object_and_distant_ones_are_two():
    model = Scripted([(4, 4, 2, 6.0, 1), (4, 5, 3, 5.0, 2), (12, 12, 0, 5.0, 3)])
    found = model.detect(torch.zeros(1, 128, 128, 3, dtype=torch.uint8))[0]
    assert [(d.cls, d.color) for d in found] == [(SHAPES[2], list(COLORS)[1]), (SHAPES[0], list(COLORS)[3])]
    assert found[0].box == pytest.approx((16.0, 16.0, 56.0, 56.0), abs=1e-3)
    assert found[0].score > found[1].score > 0.98


def test_spoiling_changes_one_object_only():
    rng = np.random.default_rng(5)
    scene = scene_for(Request("two_object", (("star", None, 1), ("cup", None, 1))), rng, training=False)
    image = render(scene)
    seen = set()
    for _ in range(40):
        spoilt, status = spoilt_scene(image, scene, 0, rng)
        seen.add(status)
        left, top, right, bottom = (int(v) for v in scene.things[1].box)
        assert np.array_equal(
            spoilt[top + 2 : bottom - 2, left + 2 : right - 2], image[top + 2 : bottom - 2, left + 2 : right - 2]
        )
        assert spoilt.shape == image.shape
    assert seen == {PRESENT, UNSURE, ABSENT}


def test_scenes_are_the_same_whenever_they_are_drawn(tmp_path):
    first = detector_set(tmp_path / "a", 6, 3)
    second = detector_set(tmp_path / "b", 6, 3)
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.things, second.things)
    assert np.array_equal(detector_set(tmp_path / "a", 6, 3).images, first.images)


def test_weights_come_back_and_nothing_else_is_taken(tmp_path):
    torch.manual_seed(0)
    model = ToyDetector().eval()
    save_detector(model, tmp_path / "detector.safetensors")
    loaded = load_detector(tmp_path / "detector.safetensors")
    images = torch.randint(0, 256, (1, 128, 128, 3), dtype=torch.uint8)
    with torch.inference_mode():
        ours = model.half().float()(images.permute(0, 3, 1, 2).float() / 127.5 - 1)
        theirs = loaded(images.permute(0, 3, 1, 2).float() / 127.5 - 1)
    assert torch.allclose(ours.classes, theirs.classes)
    with pytest.raises(CheckpointError, match="no detector file at"):
        load_detector(tmp_path / "absent.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"no weights")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_detector(tmp_path / "broken.safetensors")


def test_a_missing_tensor_is_refused(tmp_path):
    from safetensors import safe_open
    from safetensors.torch import save_file

    save_detector(ToyDetector(), tmp_path / "whole.safetensors")
    with safe_open(tmp_path / "whole.safetensors", framework="pt") as file:
        metadata = file.metadata()
        state = {name: file.get_tensor(name) for name in list(file.keys())[1:]}
    save_file(state, tmp_path / "part.safetensors", metadata=metadata)
    with pytest.raises(CheckpointError, match="does not fit"):
        load_detector(tmp_path / "part.safetensors")


def test_one_step_of_training_has_a_loss_and_gradients(tmp_path, monkeypatch):
    monkeypatch.setattr("ttsvar.toybox.train.detector.VALIDATION_SCENES", 4)
    task = DetectorTask(tmp_path, count=8, batch=4)
    loss, figures = task.loss(0, 0.0, 0, 1)
    loss.backward()
    assert loss.item() > 0
    assert set(figures) == {"classes", "colors", "boxes"}
    assert all(p.grad is not None for p in task.model.parameters())
    halves = [task._batch(3, rank, 2)[1] for rank in (0, 1)]
    assert sum(len(h) for h in halves) == 4


@pytest.mark.slow
def test_shipped_detector_reads_held_out_scenes_and_refuses_emptiness(tmp_path):
    model = load_detector(SHIPPED)
    scenes = detector_set(tmp_path, 40, 77, clean=True)
    found = model.detect(torch.from_numpy(np.array(scenes.images)))
    right = [inventory(f, 0.3) == wanted(rows, model.config) for f, rows in zip(found, scenes.things, strict=True)]
    assert sum(right) >= 39
    blank = torch.full((1, 128, 128, 3), 220, dtype=torch.uint8)
    noise = torch.randint(0, 256, (1, 128, 128, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    assert all(d.score < 0.3 for f in model.detect(torch.cat([blank, noise])) for d in f)
