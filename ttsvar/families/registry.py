"""Every model that can be named: one row each, with its files and how they become a backend.

A third family takes one folder beside this file and one row here; docs/backends.md shows how.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.checkpoint import load_saved_transformer, load_transformer
from ttsvar.families.infinity.flan_t5 import FILES as TEXT_FILES
from ttsvar.families.infinity.flan_t5 import encoder_bytes, encoder_shards, load_flan_t5
from ttsvar.families.infinity.published import LICENCE, PUBLISHED, PublishedInfinity
from ttsvar.families.infinity.text import load_text_encoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.families.var.backend import load_var_backend
from ttsvar.families.var.published import LICENCE as VAR_LICENCE
from ttsvar.families.var.published import PUBLISHED_VAR, PublishedVAR
from ttsvar.nn.transformer_config import RESOLUTIONS
from ttsvar.types import Backend, ScaleSchedule
from ttsvar.weights.download import WeightFile, find, locate_all
from ttsvar.weights.room import require_room
from ttsvar.weights.say import Say
from ttsvar.weights.shipped import ASSETS
from ttsvar.weights.tensors import open_shards, read_weight_map

TOYBOX_FOLDER = ASSETS / "toybox"
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
INDEX = ".index.json"
"""How the list of a checkpoint's shards ends."""
CHUNK = 2
"""Candidates a forward pass of the toybox handles at once; see benchmarks/ for the choice."""
PUBLISHED_CHUNK = 1
"""The same for published models: a lone candidate at the finest scales, most of a search's work, is never padded."""


@dataclass(frozen=True)
class Settings:
    """How a named model is loaded; None takes the model's or the machine's own."""

    device: torch.device
    dtype: torch.dtype = torch.float32
    weights: Path | None = None
    """A folder that is searched for files first, and that downloads go to."""
    h_div_w: float = 1.0
    resolution: str | None = None
    level_every_chunk: bool | None = None
    say: Say | None = None


@dataclass(frozen=True)
class ModelPreset:
    """A model that can be named."""

    summary: str
    licence: str
    build: Callable[[str, Settings], tuple[Backend, list[Path]]]
    """From its name and settings: the backend, and the weight files that it was made from."""
    files: tuple[WeightFile, ...] = ()
    folder: Path | None = None
    """Of a model whose files are all in one place, its extractor and reward included."""
    parameters: int = 0
    """Of a published transformer."""
    text_encoder: bool = False
    """Whether Flan-T5-XL reads its prompts."""
    resolutions: tuple[str, ...] = ()
    """What `--resolution` may name beside any `--aspect`; empty where the weights fix the shape of the pictures."""

    def here(self, weights: Path | None = None) -> bool:
        """Whether every file of it is on this machine, shards included; only lists of shards are read."""
        if self.folder is not None:
            return all((self.folder / file).is_file() for file in FILES)
        found = {file: find(file, weights) for file in self.files}
        if not all(found.values()):
            return False
        indices = [(file, path) for file, path in found.items() if path and file.path.endswith(INDEX)]
        try:
            shards = [s for f, path in indices for s in (encoder_shards(path) if f in TEXT_FILES else _shards(f, path))]
            return all(find(shard, weights) for shard in shards)
        except CheckpointError:
            return False


def models_here(weights: Path | None = None) -> tuple[str, ...]:
    """Names of the models that can be loaded without a download."""
    return tuple(name for name, preset in MODELS.items() if preset.here(weights))


def build_folder(folder: Path, name: str, settings: Settings) -> tuple[Backend, list[Path]]:
    """A model of our own layout; raises CheckpointError where a file is missing or off."""
    lacking = [file for file in FILES if not (folder / file).is_file()]
    if lacking:
        raise CheckpointError(f"{folder} lacks {', '.join(lacking)}; restore the file(s), or train them.")
    place = settings.device
    transformer = load_saved_transformer(folder / "transformer.safetensors", device=place)
    backend = InfinityBackend(
        transformer=transformer,
        tokenizer=load_tokenizer(folder / "tokenizer.safetensors").to(place).eval(),
        text_encoder=load_text_encoder(folder / "text_encoder.safetensors", place),
        schedule=ScaleSchedule(transformer.config.sizes),
        name=name,
        chunk=CHUNK,
    )
    return backend, [folder / file for file in FILES]


def build_infinity(published: PublishedInfinity, name: str, settings: Settings) -> tuple[Backend, list[Path]]:
    """A published Infinity on one of its ladders; files that are not here are downloaded.

    Raises RoomError before anything is read or downloaded where the weights do not fit, CheckpointError where a file is
    missing or broken.
    """
    config = published.config(settings.h_div_w, settings.resolution, settings.level_every_chunk)
    _require_room(name, published.parameters, settings, text_encoder=True)
    found = locate_all([*published.files, *TEXT_FILES], settings.weights, say=settings.say)
    transformer_path, tokenizer_path = found[:2]
    source, paths = transformer_path, [transformer_path, tokenizer_path]
    if published.weights.endswith(INDEX):
        shards = _shards(published.files[0], transformer_path)
        paths = [*locate_all(shards, settings.weights, say=settings.say), tokenizer_path]
        source = open_shards(transformer_path, paths[:-1])
    transformer = load_transformer(source, config, settings.dtype, settings.device, settings.say)
    tokenizer = load_tokenizer(tokenizer_path, published.tokenizer, settings.say)
    backend = InfinityBackend(
        transformer=transformer,
        tokenizer=_on(tokenizer, settings),
        text_encoder=load_flan_t5(settings.device, settings.weights, settings.say),
        schedule=ScaleSchedule(config.sizes),
        name=name,
        chunk=PUBLISHED_CHUNK,
    )
    return backend, paths


def _shards(index: WeightFile, path: Path) -> list[WeightFile]:
    """The files beside an index, which lies at `path`, that hold a transformer; CheckpointError where it lists none."""
    folder = index.path.rpartition("/")[0]
    return [replace(index, path=f"{folder}/{name}") for name in sorted(set(read_weight_map(path).values()))]


def build_var(published: PublishedVAR, name: str, settings: Settings) -> tuple[Backend, list[Path]]:
    """A published class-conditional VAR; errors as for Infinity."""
    _require_room(name, published.parameters, settings, text_encoder=False)
    paths = locate_all(published.files, settings.weights, say=settings.say)
    transformer, tokenizer = paths
    backend = load_var_backend(
        transformer,
        tokenizer,
        name,
        chunk=PUBLISHED_CHUNK,
        dtype=settings.dtype,
        device=settings.device,
        say=settings.say,
    )
    return backend, paths


def weight_bytes(
    parameters: int, device: torch.device, dtype: torch.dtype, *, text_encoder: bool
) -> dict[torch.device, dict[str, int]]:
    """What weights take by device and part: a text encoder lies in host memory, whatever the device."""
    host = torch.device("cpu")
    needs = {device: {"transformer": parameters * dtype.itemsize}}
    if text_encoder:
        needs.setdefault(host, {})["text encoder"] = encoder_bytes(device)
    return needs


def _require_room(name: str, parameters: int, settings: Settings, *, text_encoder: bool) -> None:
    advice = "Close other programs, choose a smaller model (see `python -m ttsvar models`), or another --device."
    for device, needs in weight_bytes(parameters, settings.device, settings.dtype, text_encoder=text_encoder).items():
        require_room(name, needs, device, advice)


def _on(tokenizer: BSQAutoencoder, settings: Settings) -> BSQAutoencoder:
    return tokenizer.to(settings.device, settings.dtype).eval()


_SUMMARIES = {
    "infinity-125m": "Infinity-125M, 256 px, 7 scales",
    "infinity-2b": "Infinity-2B, 1024 px, 13 scales; the paper's model",
    "infinity-8b": "Infinity-8B, 1024 px, 13 scales",
    "infinity-8b-512": "Infinity-8B, 512 px, 10 scales",
}
MODELS: dict[str, ModelPreset] = {
    "toybox": ModelPreset(
        "128 px, 13 scales, trained on scenes drawn by this project",
        "MIT",
        partial(build_folder, TOYBOX_FOLDER),
        folder=TOYBOX_FOLDER,
    ),
    **{
        name: ModelPreset(
            _SUMMARIES[name],
            LICENCE,
            partial(build_infinity, m),
            (*m.files, *TEXT_FILES),
            parameters=m.parameters,
            text_encoder=True,
            resolutions=RESOLUTIONS,
        )
        for name, m in PUBLISHED.items()
    },
    **{
        name: ModelPreset(
            f"VAR of depth {m.depth}, {m.pixels} px, 10 scales; prompts are ImageNet classes",
            VAR_LICENCE,
            partial(build_var, m),
            m.files,
            parameters=m.parameters,
        )
        for name, m in PUBLISHED_VAR.items()
    },
}
