"""Every feature extractor that can be named: one row each, loaded once a process when first used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from ttsvar.errors import ConfigError
from ttsvar.features.dinov2 import load_published
from ttsvar.features.supervised import load_inception, torchvision_models
from ttsvar.types import FeatureExtractor
from ttsvar.weights.download import WeightFile
from ttsvar.weights.offload import VisitingExtractor
from ttsvar.weights.parts import LazyMapping, Part, Places

DEFAULT_EYE = "dinov2-large"
"""The paper's."""


def _dinov2(size: str, channels: int) -> Part[FeatureExtractor]:
    repo = f"facebook/dinov2-with-registers-{size}"

    def build(paths: Sequence[Path], device: torch.device) -> FeatureExtractor:
        return load_published(*paths, name=f"dinov2-{size}", device=device)

    files = tuple(WeightFile(repo, path, None, None, "Apache-2.0") for path in ("model.safetensors", "config.json"))
    return Part(f"DINOv2 with registers, {size}: 256 patches of {channels} channels", files, build)


EYES: dict[str, Part[FeatureExtractor]] = {
    "dinov2-small": _dinov2("small", 384),
    "dinov2-base": _dinov2("base", 768),
    "dinov2-large": _dinov2("large", 1024),
    "dinov2-giant": _dinov2("giant", 1536),
    "inception": Part(
        "InceptionV3, one vector of 2048 channels an image; needs torchvision",
        (
            WeightFile(
                "https://download.pytorch.org/models", "inception_v3_google-0cc3c7bd.pth", None, None, "BSD-3-Clause"
            ),
        ),
        lambda paths, device: load_inception(paths[0], device=device),
        torchvision_models,
    ),
}


@cache
def eyes(places: Places) -> LazyMapping[FeatureExtractor]:
    """The named extractors at these places."""
    return LazyMapping({name: partial(_load, name, places) for name in EYES})


def _load(name: str, places: Places) -> FeatureExtractor:
    loaded: Any = EYES[name].load(places)
    return VisitingExtractor(loaded, places.device) if places.offload else loaded


def eye_loader(name: str, places: Places) -> Callable[[], FeatureExtractor]:
    """How a named extractor is loaded when first used; an unknown name raises ConfigError at once."""
    if name not in EYES:
        raise ConfigError(f"There is no feature extractor named {name!r}; choose one of {', '.join(EYES)}.")
    return partial(eyes(places).__getitem__, name)


def extractors(
    patches: Callable[[], FeatureExtractor],
    supervised: Callable[[], FeatureExtractor],
    supervised_here: Callable[[], bool] = lambda: True,
) -> LazyMapping[FeatureExtractor]:
    """What `SearchConfig.extractor` may name: three readings of one extractor's patches, and the supervised one.

    `supervised_here` says whether that one needs neither a download nor a library that is absent. Every picture is
    looked at for its patches, so their extractor is always offered, and downloaded where it must be.
    """
    shared = cache(patches)
    loaders = {"pca": shared, "pca-raw": shared, "pool": shared, "inception": supervised}
    return LazyMapping(loaders, {"inception": supervised_here})
