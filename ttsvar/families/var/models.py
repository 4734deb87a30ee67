"""Every VAR that can be named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ttsvar.families.base.settings import LoadSettings
from ttsvar.families.registry import MODELS, PUBLISHED_CHUNK, ModelPreset, transformer_bytes
from ttsvar.families.var.backend import VARBackend, load_var_backend
from ttsvar.families.var.published import LICENCE, PUBLISHED_VAR, PublishedVAR
from ttsvar.weights.download import locate_all
from ttsvar.weights.say import Say


def build_var(
    published: PublishedVAR, name: str, settings: LoadSettings, say: Say | None = None
) -> tuple[VARBackend, Sequence[Path]]:
    """A published class-conditional VAR; files that are not here are downloaded, or CheckpointError says what to do."""
    paths = locate_all(published.files, settings.weights, say=say)
    transformer, tokenizer = paths
    backend = load_var_backend(
        transformer,
        tokenizer,
        name,
        chunk=PUBLISHED_CHUNK,
        dtype=settings.number_format,
        device=settings.place,
        say=say,
    )
    return backend, paths


for _name, _published in PUBLISHED_VAR.items():
    MODELS.add(
        _name,
        ModelPreset(
            f"VAR of depth {_published.depth}, {_published.pixels} px, 10 scales; prompts are ImageNet classes",
            LICENCE,
            partial(build_var, _published),
            files=_published.files,
            weight_bytes=partial(transformer_bytes, _published.parameters),
            place=20,
        ),
    )
