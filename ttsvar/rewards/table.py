"""Every judge that can be named: one row each, loaded once a process when first used.

Any may be the potential of a search (`SearchConfig.reward`), any other the held-out judge (`Engine.judge`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from ttsvar.errors import CheckpointError
from ttsvar.nn.prompt_tokenizer import BERT, CLIP, load_prompt_tokenizer
from ttsvar.rewards.aesthetic import AestheticScorer, load_aesthetic
from ttsvar.rewards.checkpoint import load_image_reward
from ttsvar.rewards.clip import ClipScorer, build_clip
from ttsvar.rewards.combination import Combination
from ttsvar.rewards.hps import load_hps
from ttsvar.rewards.image_reward import ImageRewardScorer
from ttsvar.rewards.package import import_package, load_package
from ttsvar.rewards.pixels import letterbox
from ttsvar.types import Reward
from ttsvar.weights.download import WeightFile
from ttsvar.weights.offload import VisitingReward
from ttsvar.weights.parts import LazyMapping, Part, Places
from ttsvar.weights.tensors import read_tensors

COMBINED = ("hps", "image-reward")
"""The parts of the paper's combination, which is named after them."""
COMBINATION = "+".join(COMBINED)


def _image_reward(paths: Sequence[Path], device: torch.device) -> Reward:
    model, tokenizer = load_image_reward(paths[0]), load_prompt_tokenizer(paths[1], BERT)
    return ImageRewardScorer(model.to(device), tokenizer)


def _hps(paths: Sequence[Path], device: torch.device) -> Reward:
    model, tokenizer = load_hps(paths[0], device=device), load_prompt_tokenizer(paths[1], CLIP)
    return ClipScorer(model, tokenizer, name="hps", fit=letterbox)


def _clip_score(paths: Sequence[Path], device: torch.device) -> Reward:
    weights, config, tokenizer = paths
    model = build_clip(_read_config(config), read_tensors(weights), str(weights), device=device)
    return ClipScorer(model, load_prompt_tokenizer(tokenizer, CLIP), name="clip-score")


def _aesthetic(paths: Sequence[Path], device: torch.device) -> Reward:
    head, weights, config = paths
    return AestheticScorer(load_aesthetic(head, weights, _read_config(config)).to(device))


def _hub(repo: str, licence: str, *paths: str) -> tuple[WeightFile, ...]:
    return tuple(WeightFile(repo, path, None, None, licence) for path in paths)


JUDGES: dict[str, Part[Reward]] = {
    "image-reward": Part(
        "ImageReward, trained on human choices; the paper's potential",
        (*_hub("THUDM/ImageReward", "Apache-2.0", "ImageReward.pt"), BERT.file),
        _image_reward,
    ),
    "image-reward-package": Part(
        "the same through the package `image-reward`, where that can be imported",
        _hub("THUDM/ImageReward", "Apache-2.0", "ImageReward.pt", "med_config.json"),
        lambda paths, device: load_package(paths[0], paths[1], device),
        import_package,
    ),
    "hps": Part(
        "HPSv2.1, trained on human preferences",
        (*_hub("xswu/HPSv2", "Apache-2.0", "HPS_v2.1_compressed.pt"), CLIP.file),
        _hps,
    ),
    "aesthetic": Part(
        "Aesthetic V2.5, divided by 10; does not read the prompt",
        (
            *_hub(
                "https://github.com/discus0434/aesthetic-predictor-v2-5/raw/main/models",
                "AGPL-3.0",
                "aesthetic_predictor_v2_5.pth",
            ),
            *_hub("google/siglip-so400m-patch14-384", "Apache-2.0", "model.safetensors", "config.json"),
        ),
        _aesthetic,
    ),
    "clip-score": Part(
        "cosine of CLIP ViT-L/14's image and text",
        (*_hub("openai/clip-vit-large-patch14", "MIT", "model.safetensors", "config.json"), CLIP.file),
        _clip_score,
    ),
}


@cache
def judges(places: Places) -> LazyMapping[Reward]:
    """The named judges at these places."""
    return LazyMapping({name: partial(_load, name, places) for name in JUDGES})


def _load(name: str, places: Places) -> Reward:
    loaded: Any = JUDGES[name].load(places)
    # The package keeps its weights to itself.
    return VisitingReward(loaded, places.device) if places.offload and hasattr(loaded, "model") else loaded


def rewards(places: Places, own: Mapping[str, Callable[[], Reward]] | None = None) -> LazyMapping[Reward]:
    """What `SearchConfig.reward` may name: every judge, a model's `own` in place of those, and the combination."""
    shared = judges(places)
    loaders: dict[str, Callable[[], Reward]] = {name: partial(shared.__getitem__, name) for name in shared}
    loaders |= own or {}
    # The combination takes its parts from the mapping, so that each is loaded, and remembered, only once.
    loaders[COMBINATION] = lambda: Combination([named[part] for part in COMBINED], name=COMBINATION)
    here: dict[str, Callable[[], bool]] = {
        name: partial(part.here, places.weights) for name, part in JUDGES.items() if name not in (own or {})
    }
    here[COMBINATION] = lambda: all(here.get(part, lambda: True)() for part in COMBINED)
    named = LazyMapping(loaders, here)
    return named


def _read_config(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read ({error!r}); fetch it again.") from error
