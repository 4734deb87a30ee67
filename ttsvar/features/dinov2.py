"""DINOv2 patch features: ViT-L/14 with registers, and the toybox sibling of the same class."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.features.pixels import check_images, resize_images
from ttsvar.features.registry import network
from ttsvar.nn.strict import load_pretrained
from ttsvar.weights.loadable import hub_files
from ttsvar.weights.offload import MovableExtractor
from ttsvar.weights.strict import check_tensors, shapes
from ttsvar.weights.tensors import read_own, read_tensors

if TYPE_CHECKING:
    from transformers import Dinov2WithRegistersModel

FORMAT = "ttsvar-dinov2"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's channel statistics, which every DINOv2 was trained with."""
PUBLISHED_SIZE = 224
"""Pixels a side that candidates are seen at; the published models are trained at 518."""
FIELDS = (
    "image_size", "patch_size", "num_channels", "hidden_size", "num_hidden_layers", "num_attention_heads", "mlp_ratio",
    "hidden_act", "layer_norm_eps", "qkv_bias", "layerscale_value", "use_swiglu_ffn", "num_register_tokens",
)  # fmt: skip
"""What a model cannot be built without; the rest of a transformers configuration is about training and bookkeeping."""


class Dinov2Extractor:
    """Images to the last layer's patch features (Oquab et al. 2023; registers: Darcet et al. 2023)."""

    def __init__(
        self,
        model: Dinov2WithRegistersModel,
        image_size: int | tuple[int, int] | None = None,
        *,
        name: str = "dinov2",
        chunk: int = 16,
    ) -> None:
        """`image_size` is (height, width) or a side that images are resized to, whatever their shape; 224 for ViT-L/14.

        None takes the size the model was trained at. At most `chunk` images go through the model at once.
        Raises ConfigError where the size is no multiple of the patch.
        """
        config = model.config
        size: Any = config.image_size if image_size is None else image_size
        self.size: tuple[int, int] = (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
        patch: Any = config.patch_size
        self.patch = int(patch)
        if min(self.size) < self.patch or any(side % self.patch for side in self.size):
            raise ConfigError(f"image_size is {image_size!r}; both sides must be multiples of the patch, {self.patch}.")
        if chunk < 1:
            raise ConfigError(f"chunk is {chunk}; it must be at least 1.")
        self.name, self.chunk = name, chunk
        self.model = model.eval()

    @property
    def grid(self) -> tuple[int, int]:
        """Patches (h, w); features come row by row."""
        return self.size[0] // self.patch, self.size[1] // self.patch

    @property
    def channels(self) -> int:
        """Channels of a patch feature."""
        return int(self.model.config.hidden_size)

    @torch.inference_mode()
    def extract(self, images: Tensor) -> Tensor:
        """uint8 [B, H, W, 3] to float32 [B, L, C], row by row; class and register tokens left out.

        Raises ConfigError for images of another type or shape.
        """
        check_images(images)
        weight = self.model.embeddings.patch_embeddings.projection.weight
        skipped = 1 + self.model.config.num_register_tokens
        if not len(images):
            return torch.empty(0, self.grid[0] * self.grid[1], self.channels, device=weight.device)
        rows = []
        for part in images.split(self.chunk):
            pixels = normalize(resize_images(part, self.size).to(weight.device)).to(weight.dtype)
            rows.append(self.model(pixel_values=pixels).last_hidden_state[:, skipped:].float())
        return torch.cat(rows)

    def flops(self, images: int) -> float:
        """Floating-point operations for this many images: matrix products only, a multiply-add counted as two."""
        config = self.model.config
        width, patches = config.hidden_size, self.grid[0] * self.grid[1]
        tokens = 1 + config.num_register_tokens + patches
        embedding = patches * config.num_channels * self.patch**2 * width
        projections = 4 * tokens * width**2
        attention = 2 * tokens**2 * width
        hidden = int(width * config.mlp_ratio)
        swiglu = 3 * ((hidden * 2 // 3 + 7) // 8 * 8)
        mlp = tokens * width * (swiglu if config.use_swiglu_ffn else 2 * hidden)
        return 2.0 * images * (embedding + config.num_hidden_layers * (projections + attention + mlp))


def normalize(pixels: Tensor) -> Tensor:
    """[B, 3, h, w] in [0, 1] to ImageNet's zero mean and unit deviation."""
    mean = pixels.new_tensor(MEAN).view(1, 3, 1, 1)
    return (pixels - mean) / pixels.new_tensor(STD).view(1, 3, 1, 1)


def build_dinov2(settings: Mapping[str, Any]) -> Dinov2WithRegistersModel:
    """A model with fresh weights and SDPA attention from `Dinov2WithRegistersConfig` fields."""
    from transformers import Dinov2WithRegistersConfig, Dinov2WithRegistersModel

    return Dinov2WithRegistersModel._from_config(Dinov2WithRegistersConfig(**settings), attn_implementation="sdpa")


def save_dinov2(model: Dinov2WithRegistersModel, path: str | Path) -> None:
    """Write safetensors in float16 with the model's shape as JSON in the metadata."""
    state = {name: t.detach().half().cpu().contiguous() for name, t in model.state_dict().items()}
    settings = {name: getattr(model.config, name) for name in FIELDS}
    save_file(state, str(path), metadata={"format": FORMAT, "config": json.dumps(settings)})


def load_published(
    weights: str | Path, config: str | Path, *, name: str, device: str | torch.device = "cpu"
) -> Dinov2Extractor:
    """A published DINOv2 with registers in float32, for images of 224 px: 256 patches of 14 px.

    `config` is its config.json. Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    from transformers import Dinov2WithRegistersConfig, Dinov2WithRegistersModel

    try:
        fields = json.loads(Path(config).read_text())
        settings = Dinov2WithRegistersConfig(**{field: fields[field] for field in FIELDS})
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{config} is no configuration of DINOv2 ({error!r}); fetch it again.") from error
    tensors = read_tensors(Path(weights))
    model = load_pretrained(Dinov2WithRegistersModel, settings, tensors, str(weights), device=device)
    return Dinov2Extractor(model, PUBLISHED_SIZE, name=name)


def load_extractor(path: str | Path, *, device: str | torch.device = "cpu") -> Dinov2Extractor:
    """An extractor in float32 at the size it was trained at, from a file of `save_dinov2`.

    Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    state, metadata = read_own(path, "features")
    try:
        settings = {name: json.loads(metadata["config"])[name] for name in FIELDS}
        with torch.device("meta"):
            model = build_dinov2(settings)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(f"{path} does not say its shape ({error!r}); write it with save_dinov2.") from error
    check_tensors(shapes(model.state_dict()), shapes(state), str(path), "its own configuration")
    state = {name: t.to(device, torch.float32) for name, t in state.items()}
    model.load_state_dict(state, strict=True, assign=True)
    return Dinov2Extractor(model)


def _register(place: int, size: str, channels: int) -> None:
    repo = f"facebook/dinov2-with-registers-{size}"
    files = hub_files(repo, "Apache-2.0", "model.safetensors", "config.json")

    @network(f"dinov2-{size}", f"DINOv2 with registers, {size}: 256 patches of {channels} channels", files, place=place)
    def build(paths: Sequence[Path], device: torch.device) -> MovableExtractor:
        return load_published(*paths, name=f"dinov2-{size}", device=device)


for _place, (_size, _channels) in enumerate((("small", 384), ("base", 768), ("large", 1024), ("giant", 1536))):
    _register(10 + _place, _size, _channels)
