"""Which toybox models can be trained, in what order, and with how many steps the shipped weights were made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.families.load import TOYBOX_FOLDER
from ttsvar.toybox.train.dataset import scene_set, stamp
from ttsvar.toybox.train.loop import FitSettings, Task, fit

GENERATOR_SEED, GENERATOR_SCENES = 1, 20_000


@dataclass(frozen=True)
class Part:
    """One trainable model: how to make its task in a folder, and the steps of the shipped weights.

    `make` takes the folder and, where `continues`, optionally the folder of weights to begin with.
    """

    make: Callable[..., Task]
    steps: int
    files: tuple[str, ...]
    processes: int = 2
    continues: bool = False


def _tokenizer(folder: Path) -> Task:
    from ttsvar.toybox.train.tokenizer import TokenizerTask

    return TokenizerTask(scene_set(folder, GENERATOR_SCENES, GENERATOR_SEED))


def _decoder(folder: Path) -> Task:
    from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
    from ttsvar.toybox.train.decoder import DecoderTask
    from ttsvar.toybox.train.transformer import tokenizer_features

    path, scenes = _needed("tokenizer.safetensors"), scene_set(folder, GENERATOR_SCENES, GENERATOR_SEED)
    tokenizer = load_tokenizer(path)
    return DecoderTask(scenes, tokenizer, tokenizer_features(tokenizer, scenes, _encoded(folder, path)))


def _transformer(folder: Path, start: Path | None = None) -> Task:
    from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
    from ttsvar.toybox.train.transformer import TransformerTask

    path, scenes = _needed("tokenizer.safetensors"), scene_set(folder, GENERATOR_SCENES, GENERATOR_SEED)
    return TransformerTask(scenes, load_tokenizer(path).eval(), _encoded(folder, path), start=start)


def _encoded(folder: Path, tokenizer: Path) -> Path:
    return folder / f"encoded-{GENERATOR_SEED}-{GENERATOR_SCENES}-{stamp(tokenizer)}.npy"


def _reward(folder: Path, start: Path | None = None) -> Task:
    from ttsvar.toybox.train.reward import make_task

    _needed("tokenizer.safetensors")
    return make_task(folder, TOYBOX_FOLDER, None if start is None else start / "reward.safetensors")


def _features(folder: Path) -> Task:
    from ttsvar.toybox.train.features import FeaturesTask

    return FeaturesTask(folder, tokenizer=_needed("tokenizer.safetensors"))


def _detector(folder: Path) -> Task:
    from ttsvar.toybox.train.detector import DetectorTask

    return DetectorTask(folder / "detector", tokenizer=_needed("tokenizer.safetensors"))


def _supervised(folder: Path) -> Task:
    from ttsvar.toybox.train.supervised import SupervisedTask

    return SupervisedTask(folder / "supervised", tokenizer=_needed("tokenizer.safetensors"))


def _needed(name: str) -> Path:
    path = TOYBOX_FOLDER / name
    if not path.exists():
        raise CheckpointError(f"{path} is missing; train and install it first.")
    return path


PARTS: dict[str, Part] = {
    "tokenizer": Part(_tokenizer, 1200, ("tokenizer.safetensors",)),
    "decoder": Part(_decoder, 900, ("tokenizer.safetensors",)),
    "transformer": Part(_transformer, 3600, ("transformer.safetensors", "text_encoder.safetensors"), continues=True),
    "reward": Part(_reward, 1500, ("reward.safetensors",), processes=1, continues=True),
    "features": Part(_features, 480, ("features.safetensors",), processes=1),
    "supervised": Part(_supervised, 1200, ("supervised.safetensors",), processes=1),
    "detector": Part(_detector, 700, ("detector.safetensors",), processes=1),
}


def train(
    name: str, folder: Path, steps: int | None, processes: int | None, install: bool, behind: float = 0.0
) -> None:
    """Train one part to `steps`, continuing its checkpoint in `folder`; `install` copies the weights to the app.

    With `behind` above 0 a run without a checkpoint begins with the installed weights, as if that share of it lay
    behind them.
    """
    part = PARTS[name]
    if steps is not None and steps < 1:
        raise ConfigError(f"--steps is {steps}; it must be at least 1.")
    if not 0 <= behind < 1 or (behind and not part.continues):
        able = ", ".join(name for name, part in PARTS.items() if part.continues)
        raise ConfigError(f"--behind is {behind:g} for {name}; it is 0, or for {able} a share below 1.")
    work = folder / name
    make = partial(part.make, folder, TOYBOX_FOLDER) if behind else partial(part.make, folder)
    # Made once here, so that several processes do not all draw the same scenes.
    make()
    fit(make, FitSettings(work, steps or part.steps, processes=processes or part.processes, behind=behind))
    if install:
        TOYBOX_FOLDER.mkdir(parents=True, exist_ok=True)
        for file in part.files:
            shutil.copy(work / file, TOYBOX_FOLDER / file)
            print(f"Installed {TOYBOX_FOLDER / file}.")
