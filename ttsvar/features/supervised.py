"""One vector an image from a network that was trained with labels: InceptionV3 (paper, section 4.2 and Table 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from ttsvar.errors import ConfigError
from ttsvar.features.pixels import check_images, resize_images
from ttsvar.features.registry import network
from ttsvar.weights.loadable import hub_files
from ttsvar.weights.offload import MovableExtractor
from ttsvar.weights.strict import check_finite, check_tensors, shapes
from ttsvar.weights.tensors import read_tensors

INCEPTION_SIZE = 299


class SupervisedExtractor:
    """The `FeatureExtractor` protocol over a network whose pooled features are one vector an image."""

    def __init__(
        self, model: nn.Module, pool: Callable[[Tensor], Tensor], *, name: str, size: int, chunk: int = 16
    ) -> None:
        """`pool` takes pixels [B, 3, size, size] from -1 to 1 through the model to vectors [B, C]."""
        self.model, self.pool, self.name, self.size, self.chunk = model.eval(), pool, name, size, chunk
        self._image_flops = cache(self._counted_flops)

    @torch.inference_mode()
    def extract(self, images: Tensor) -> Tensor:
        """uint8 [B, H, W, 3] to float32 [B, 1, C]; images of another size are resized, whatever their shape."""
        check_images(images)
        weight = next(self.model.parameters())
        rows = []
        for part in images.split(self.chunk):
            pixels = resize_images(part, (self.size, self.size)).to(weight.device) * 2 - 1
            rows.append(self.pool(pixels.to(weight.dtype)).float()[:, None])
        return torch.cat(rows)

    def flops(self, images: int) -> float:
        """Floating-point operations for this many images: matrix products and convolutions only."""
        return images * self._image_flops()

    @torch.inference_mode()
    def _counted_flops(self) -> float:
        weight = next(self.model.parameters())
        # Shapes alone go through the network: nothing is computed, wherever its weights are.
        with FakeTensorMode(allow_non_fake_inputs=True), FlopCounterMode(display=False) as counter:
            self.pool(torch.zeros(1, 3, self.size, self.size, dtype=weight.dtype, device=weight.device))
        return float(counter.get_total_flops())


def load_inception(path: str | Path, *, device: str | torch.device = "cpu") -> SupervisedExtractor:
    """torchvision's InceptionV3 without its last layer, at 299 px: 2048 channels a vector.

    Raises ConfigError where torchvision is not installed, CheckpointError where the file does not fit.
    """
    model = torchvision_models().inception_v3(weights=None, init_weights=False, transform_input=False)
    state = read_tensors(Path(path))
    check_tensors(shapes(model.state_dict()), shapes(state), str(path), "InceptionV3")
    check_finite(state, str(path))
    model.load_state_dict(state)
    model.fc = nn.Identity()
    return SupervisedExtractor(model.to(device), model, name="inception", size=INCEPTION_SIZE)


def torchvision_models() -> ModuleType:
    """`torchvision.models`; raises ConfigError where it cannot be imported."""
    try:
        from torchvision import models  # type: ignore[import-not-found]
    except (ImportError, RuntimeError) as error:  # a build for another torch raises RuntimeError
        raise ConfigError(
            f"The extractor 'inception' needs torchvision, which cannot be imported here ({error}). Install it with "
            '`pip install "ttsvar-explorer[inception]"` or `pip install -r requirements-inception.txt`, from the same '
            "index as torch, or choose pca, pca-raw or pool."
        ) from error
    return models


@network(
    "inception",
    "InceptionV3, one vector of 2048 channels an image; needs torchvision",
    hub_files("https://download.pytorch.org/models", "BSD-3-Clause", "inception_v3_google-0cc3c7bd.pth"),
    require=torchvision_models,
    place=20,
)
def build_inception(paths: Sequence[Path], device: torch.device) -> MovableExtractor:
    """torchvision's published weights."""
    return load_inception(paths[0], device=device)
