"""Named models: which files each needs, whether they are here, and how they become an Engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ttsvar.backends.infinity import InfinityBackend
from ttsvar.digests import weights_digest
from ttsvar.engine import Engine
from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.features.dinov2 import load_extractor
from ttsvar.features.table import extractors, eye_loader
from ttsvar.machine import pick_device
from ttsvar.models.checkpoint import load_saved_transformer
from ttsvar.models.text import load_text_encoder
from ttsvar.rewards.image_reward import load_scorer
from ttsvar.rewards.table import rewards
from ttsvar.tokenizer.checkpoint import load_tokenizer
from ttsvar.toybox.trunk import load_trunk
from ttsvar.types import ScaleSchedule

ASSETS = Path(__file__).resolve().parent.parent / "assets"
TOYBOX_FOLDER = ASSETS / "toybox"
FILES = (
    "transformer.safetensors",
    "text_encoder.safetensors",
    "tokenizer.safetensors",
    "features.safetensors",
    "reward.safetensors",
)
"""What a model folder holds."""
CHUNK = 2
"""Candidates a forward pass handles at once; see benchmarks/ for the choice."""


@dataclass(frozen=True)
class ModelPreset:
    """A model that can be named."""

    folder: Path
    summary: str
    licence: str


MODELS: dict[str, ModelPreset] = {
    "toybox": ModelPreset(TOYBOX_FOLDER, "128 px, 13 scales, trained on scenes drawn by this project", "MIT"),
}


def load(
    name: str = "toybox", *, device: str | None = None, eye: str | None = None, remember_bytes: int = 256 * 1024**2
) -> Engine:
    """A ready engine for a named model or a folder that holds the same files; raises ConfigError or CheckpointError.

    `eye` names the extractor of patch features (`features.table.EYES`); None takes the model's own. Extractors and
    judges are loaded when a run first needs them.
    """
    folder = MODELS[name].folder if name in MODELS else Path(name)
    if name not in MODELS and not folder.is_dir():
        raise ConfigError(f"There is no model named {name!r} and no folder there; choose one of {', '.join(MODELS)}.")
    lacking = [file for file in FILES if not (folder / file).is_file()]
    if lacking:
        raise CheckpointError(f"{folder} lacks {', '.join(lacking)}; restore the file(s), or train them.")
    place = pick_device(device)
    transformer = load_saved_transformer(folder / "transformer.safetensors", device=place)
    backend = InfinityBackend(
        transformer=transformer,
        tokenizer=load_tokenizer(folder / "tokenizer.safetensors").to(place).eval(),
        text_encoder=load_text_encoder(folder / "text_encoder.safetensors", place),
        schedule=ScaleSchedule(transformer.config.sizes),
        name=name,
        chunk=CHUNK,
    )
    sibling = partial(load_extractor, folder / "features.safetensors", device=place)
    return Engine(
        backend,
        extractors(
            patches=eye_loader(eye, place) if eye else sibling,
            supervised=partial(load_trunk, folder / "detector.safetensors", device=place),
        ),
        rewards(place, {"image-reward": partial(load_scorer, folder / "reward.safetensors", device=place)}),
        device=place,
        remember_bytes=remember_bytes,
        weights=weights_digest(folder / file for file in FILES),
    )


def models_table() -> str:
    """Every named model with its files, their sizes, and whether they are here."""
    lines = []
    for name, preset in MODELS.items():
        lines.append(f"{name}: {preset.summary} ({preset.licence})")
        for file in FILES:
            path = preset.folder / file
            state = f"{path.stat().st_size / 1e6:6.1f} MB" if path.is_file() else "absent"
            lines.append(f"  {file:<28} {state}")
    return "\n".join(lines)
