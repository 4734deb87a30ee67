"""Every Infinity that can be named: the toybox, and those that were published."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch

from ttsvar.errors import CheckpointError
from ttsvar.families.base.settings import LoadSettings
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.checkpoint import load_saved_transformer, load_transformer
from ttsvar.families.infinity.flan_t5 import FILES as TEXT_FILES
from ttsvar.families.infinity.flan_t5 import encoder_bytes, encoder_shards, load_flan_t5
from ttsvar.families.infinity.published import LICENCE, PUBLISHED, PublishedInfinity
from ttsvar.families.infinity.text import load_text_encoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.families.registry import (
    FILES,
    ICONS_FOLDER,
    INDEX,
    MODELS,
    PUBLISHED_CHUNK,
    TOYBOX_FOLDER,
    ModelPreset,
    Needs,
    shards_beside,
    transformer_bytes,
)
from ttsvar.nn.transformer_config import RESOLUTIONS
from ttsvar.types import ScaleSchedule
from ttsvar.weights.download import WeightFile, locate_all
from ttsvar.weights.say import Say
from ttsvar.weights.tensors import open_shards

CHUNK = 2
"""Candidates that are decoded and looked at together in a model of our own layout, and drawn together at least where a
run has several; see benchmarks/ for the choice."""
Built = tuple[InfinityBackend, Sequence[Path]]


def build_folder(folder: Path, name: str, settings: LoadSettings, say: Say | None = None) -> Built:
    """A model of our own layout; raises CheckpointError where a file is missing or off."""
    lacking = [file for file in FILES if not (folder / file).is_file()]
    if lacking:
        raise CheckpointError(
            f"The weights of {name} are not complete: {folder} lacks {', '.join(lacking)}; restore the file(s), or "
            "train them."
        )
    transformer = load_saved_transformer(folder / "transformer.safetensors", device=settings.place)
    backend = InfinityBackend(
        transformer=transformer,
        tokenizer=load_tokenizer(folder / "tokenizer.safetensors").to(settings.place).eval(),
        text_encoder=load_text_encoder(folder / "text_encoder.safetensors", settings.place),
        schedule=ScaleSchedule(transformer.config.sizes),
        name=name,
        chunk=CHUNK,
        chunk_by_run=True,
    )
    return backend, [folder / file for file in FILES]


def build_infinity(published: PublishedInfinity, name: str, settings: LoadSettings, say: Say | None = None) -> Built:
    """A published Infinity on one of its ladders; files that are not here are downloaded.

    Raises ConfigError for a resolution that has no ladder, CheckpointError where a file is missing or broken.
    """
    config = published.config(settings.h_div_w, settings.resolution, settings.level_every_chunk)
    found = locate_all([*published.files, *TEXT_FILES], settings.weights, say=say)
    transformer_path, tokenizer_path = found[:2]
    source, paths = transformer_path, [transformer_path, tokenizer_path]
    if published.weights.endswith(INDEX):
        shards = shards_beside(published.files[0], transformer_path)
        paths = [*locate_all(shards, settings.weights, say=say), tokenizer_path]
        source = open_shards(transformer_path, paths[:-1])
    place, dtype = settings.place, settings.number_format
    transformer = load_transformer(source, config, dtype, place, say)
    backend = InfinityBackend(
        transformer=transformer,
        tokenizer=load_tokenizer(tokenizer_path, published.tokenizer, say).to(place, dtype).eval(),
        text_encoder=load_flan_t5(place, settings.weights, say),
        schedule=ScaleSchedule(config.sizes),
        name=name,
        chunk=PUBLISHED_CHUNK,
    )
    return backend, paths


def infinity_shards(index: WeightFile, path: Path) -> list[WeightFile]:
    """What an index of a published Infinity or of its text encoder asks for; of the latter, no decoder."""
    return encoder_shards(path) if index in TEXT_FILES else shards_beside(index, path)


def infinity_bytes(parameters: int, device: torch.device, dtype: torch.dtype) -> Needs:
    """The transformer's bytes, and those of the text encoder, which lies in host memory whatever the device."""
    host = torch.device("cpu")
    needs = {place: dict(parts) for place, parts in transformer_bytes(parameters, device, dtype).items()}
    needs.setdefault(host, {})["text encoder"] = encoder_bytes(device)
    return needs


def published_preset(published: PublishedInfinity, place: int = 100) -> ModelPreset:
    """The row of a published Infinity."""
    return ModelPreset(
        published.summary,
        LICENCE,
        partial(build_infinity, published),
        files=(*published.files, *TEXT_FILES),
        shards=infinity_shards,
        weight_bytes=partial(infinity_bytes, published.parameters),
        resolutions=RESOLUTIONS,
        place=place,
    )


def folder_preset(folder: Path, summary: str = "a folder of our own layout", place: int = 100) -> ModelPreset:
    """The row of a model of our own layout."""
    return ModelPreset(summary, "MIT", partial(build_folder, folder), folder=folder, place=place)


MODELS.add(
    "toybox", folder_preset(TOYBOX_FOLDER, "128 px, 13 scales, trained on scenes drawn by this project", place=0)
)
for _name, _published in PUBLISHED.items():
    MODELS.add(_name, published_preset(_published, place=10))
MODELS.add(
    "icons", folder_preset(ICONS_FOLDER, "128 px, 13 scales, GenEval's 80 classes and ten colours as icons", place=1)
)
