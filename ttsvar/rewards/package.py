"""The package `image-reward` behind the `Reward` protocol, where it can be imported."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.protocols import Reward
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.model import ImageReward
from ttsvar.rewards.pixels import check_images
from ttsvar.rewards.registry import judge
from ttsvar.weights.loadable import hub_files


class PackageScorer:
    """The package's model, image by image as it works."""

    def __init__(self, model: Any, *, name: str = "image-reward-package") -> None:
        self._package, self.name = model, name

    @torch.inference_mode()
    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] and a prompt to float32 [B]; higher is better."""
        check_images(images)
        pictures = [Image.fromarray(image.numpy()) for image in images.cpu()]
        # The package returns no list for a single picture, so pictures go one by one.
        return torch.tensor([float(self._package.score(prompt, picture)) for picture in pictures])

    def flops(self, images: int) -> float:
        """Floating-point operations of scoring this many images, for a prompt of the longest length."""
        with torch.device("meta"):
            return ImageReward(ImageRewardConfig()).flops(images)


def load_package(weights: str | Path, med_config: str | Path, device: torch.device) -> PackageScorer:
    """The package's own model from the official file and BERT's configuration beside it; see `import_package`."""
    return PackageScorer(import_package().load(str(weights), device=str(device), med_config=str(med_config)))


def import_package() -> ModuleType:
    """The package; raises ConfigError where it cannot be imported."""
    try:
        return importlib.import_module("ImageReward")
    except Exception as error:  # its dependencies fail in many ways, AttributeError and RuntimeError among them
        raise ConfigError(
            f"The reward 'image-reward-package' needs the package image-reward, which cannot be imported here "
            f"({type(error).__name__}: {error}). Its release 1.5 wants transformers 4.55 or older, which this app does "
            "not. Choose 'image-reward': it reads the same official file."
        ) from error


@judge(
    "image-reward-package",
    "the same through the package `image-reward`, where that can be imported",
    hub_files("THUDM/ImageReward", "Apache-2.0", "ImageReward.pt", "med_config.json"),
    title="ImageReward (package)",
    require=import_package,
    place=20,
)
def build_package(paths: Sequence[Path], device: torch.device) -> Reward:
    """The package's model from the official file and BERT's configuration."""
    return load_package(paths[0], paths[1], device)
