"""A world's own populations: where they ship, who draws them, and whether they are of the files that are here."""

from __future__ import annotations

from pathlib import Path

import torch

from ttsvar.errors import ConfigError
from ttsvar.evaluation.populations.draw import Drawer
from ttsvar.evaluation.populations.record import Populations, read
from ttsvar.evaluation.rules.measures import open_measure
from ttsvar.families.load import load
from ttsvar.families.registry import folder_of
from ttsvar.toybox.worlds import World, detector_of, world_of_model
from ttsvar.weights.digest import weights_digest

JUDGES = ("reward.safetensors", "features.safetensors")


def populations_path(model: str) -> Path:
    """Where the populations of a model of one of our worlds ship; ConfigError where it is of none."""
    return _world(model).populations


def shipped(model: str) -> Populations | None:
    """What ships with the world of a model; None where nothing does. FileError where the file is damaged."""
    world = world_of_model(model)
    return read(world.populations) if world is not None and world.populations.is_file() else None


def judges_digest(model: str = "toybox") -> str:
    """Of the files whose change would change scores, layouts or verdicts."""
    world, folder = _world(model), folder_of(model)
    assert folder is not None
    return weights_digest([*(folder / name for name in JUDGES), detector_of(world, model)])


def drawer_of(model: str) -> Drawer:
    """A model on one thread; nothing that was looked at is looked at again, so nothing is remembered."""
    torch.set_num_threads(1)
    detector = detector_of(_world(model), model)
    return Drawer(load(model, remember_bytes=0), open_measure(detector=detector), judges_digest(model))


def _world(model: str) -> World:
    world = world_of_model(model)
    if world is None:
        raise ConfigError(f"{model!r} is of no world of ours, so that nothing measures its pictures.")
    return world
