"""Training of the supervised extractor: labels that hold, batches of both kinds, gradients everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ttsvar.toybox.train import detector, trainable
from ttsvar.toybox.train import supervised as part
from ttsvar.toybox.train.supervised import LABELS, SupervisedTask, labels_of
from ttsvar.toybox.world.scenes import Thing


def thing(shape: str, color: str) -> Thing:
    return Thing(shape=shape, color=color, x=64.0, y=64.0, size=30.0)


def test_labels_say_shapes_colours_pairs_and_counts() -> None:
    held = labels_of((thing("fish", "red"), thing("fish", "blue"), thing("fish", "blue"), thing("cup", "red")))
    names = {name for name, holds in zip(LABELS, held, strict=True) if holds}
    assert names == {
        *("fish", "cup", "red", "blue", "red fish", "blue fish", "red cup", "two fish", "three fish"),
    }
    assert labels_of(()).sum() == 0


@pytest.mark.slow
def test_one_step_has_a_loss_and_gradients_and_ranks_share_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part, "VALIDATION_SCENES", 4)
    task = SupervisedTask(tmp_path, count=8, batch=4)
    loss, _ = task.loss(0, 0.0, 0, 1)
    loss.backward()
    assert loss.item() > 0
    assert all(p.grad is not None for p in task.model.parameters())
    whole = np.sort(task._batch(3, 0, 1)[1].numpy(), axis=0)
    halves = np.concatenate([task._batch(3, rank, 2)[1].numpy() for rank in (0, 1)])
    assert np.array_equal(np.sort(halves, axis=0), whole)
    figures = task.validate()
    assert set(figures) == {"rendering_label_accuracy", "rendering_recall", "rendering_exact"}
    task.save(tmp_path)
    assert (tmp_path / "supervised.json").is_file()


def test_its_scenes_are_none_of_the_detectors_or_the_generators() -> None:
    own = {part.TRAIN_SEED, part.VALIDATION_SEED}
    assert own.isdisjoint({detector.TRAIN_SEED, detector.VALIDATION_SEED, trainable.GENERATOR_SEED})
