"""Every model that can be named: the `models.py` of each family registers its own; docs/backends.md shows how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ttsvar.errors import CheckpointError
from ttsvar.families.base.settings import LoadSettings
from ttsvar.protocols import Backend
from ttsvar.registry import Registry
from ttsvar.weights.download import WeightFile, find
from ttsvar.weights.say import Say
from ttsvar.weights.shipped import ASSETS
from ttsvar.weights.tensors import read_weight_map

TOYBOX_FOLDER, ICONS_FOLDER = ASSETS / "toybox", ASSETS / "icons"
FILES = (
    "transformer.safetensors",
    "text_encoder.safetensors",
    "tokenizer.safetensors",
    "features.safetensors",
    "reward.safetensors",
)
"""What a model folder of our own layout holds."""
SUPERVISED = "supervised.safetensors"
"""What it may hold, too: the extractor that was trained with labels, which only some searches cluster on."""
PREVIEW_REWARD, DETECTOR = "preview_reward.safetensors", "detector.safetensors"
"""And these: a judge that was trained on previews, too, and what measures pictures and selects none."""
INDEX = ".index.json"
"""How the list of a checkpoint's shards ends."""
PUBLISHED_CHUNK = 1
"""Candidates a forward pass of a published model handles at once: a lone candidate at the finest scales, most of a
search's work, is never padded."""

Build = Callable[[str, LoadSettings, Say | None], tuple[Backend, Sequence[Path]]]
"""From a model's name and settings: the backend, and the weight files that it was made from."""
Needs = Mapping[torch.device, Mapping[str, int]]
"""Bytes of weights by device and part."""


def shards_beside(index: WeightFile, path: Path) -> list[WeightFile]:
    """The files beside an index, which lies at `path`, that hold a model; CheckpointError where it lists none."""
    folder = index.path.rpartition("/")[0]
    names = sorted(set(read_weight_map(path).values()))
    return [replace(index, path=f"{folder}/{name}" if folder else name) for name in names]


def no_needs(device: torch.device, dtype: torch.dtype) -> Needs:
    """Of a model whose weights are too small to ask for room."""
    return {}


def transformer_bytes(parameters: int, device: torch.device, dtype: torch.dtype) -> Needs:
    """Of a model whose transformer of so many parameters is all that counts."""
    return {device: {"transformer": parameters * dtype.itemsize}}


@dataclass(frozen=True)
class ModelPreset:
    """A model that can be named."""

    summary: str
    licence: str
    build: Build
    files: tuple[WeightFile, ...] = ()
    shards: Callable[[WeightFile, Path], Sequence[WeightFile]] = shards_beside
    """What is needed beside a file of these that is an index, and lies at a path."""
    weight_bytes: Callable[[torch.device, torch.dtype], Needs] = no_needs
    """What the weights take where the transformer is on this device in this number format."""
    folder: Path | None = None
    """Of a model whose files are all in one place, its extractor and reward included."""
    resolutions: tuple[str, ...] = ()
    """What `--resolution` may name beside any `--aspect`; empty where the weights fix the shape of the pictures."""
    place: int = 100
    """Where it stands among the others."""

    def here(self, weights: Path | None = None) -> bool:
        """Whether every file of it is on this machine, shards included; only lists of shards are read."""
        if self.folder is not None:
            return all((self.folder / file).is_file() for file in FILES)
        found = {file: find(file, weights) for file in self.files}
        if not all(found.values()):
            return False
        indices = [(file, path) for file, path in found.items() if path and file.path.endswith(INDEX)]
        try:
            return all(find(shard, weights) for index in indices for shard in self.shards(*index))
        except CheckpointError:
            return False


MODELS: Registry[ModelPreset] = Registry("model", "ttsvar.families", lambda row: row.place, within="models")


def folder_of(name: str) -> Path | None:
    """Where the files of a model of our own layout lie, by its name or its folder; None for every other model."""
    if name in MODELS:
        return MODELS[name].folder
    return Path(name) if Path(name).is_dir() else None


def models_here(weights: Path | None = None) -> tuple[str, ...]:
    """Names of the models that can be loaded without a download."""
    return tuple(name for name, preset in MODELS.items() if preset.here(weights))
