"""Aesthetic V2.5: SigLIP so400m's pooled image, of length 1, through five linear layers; the prompt plays no part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.errors import CheckpointError
from ttsvar.nn.strict import load_pretrained
from ttsvar.protocols import Reward
from ttsvar.rewards.checkpoint import read_config
from ttsvar.rewards.config import MLP_WIDTHS
from ttsvar.rewards.flops import vit_flops
from ttsvar.rewards.pixels import HALF, check_images, normalize, squash
from ttsvar.rewards.registry import judge
from ttsvar.weights.loadable import hub_files
from ttsvar.weights.strict import check_finite, check_tensors, shapes
from ttsvar.weights.tensors import read_tensors

if TYPE_CHECKING:
    from transformers import SiglipVisionModel

OTHER_HALF = ("text_model.", "logit_scale", "logit_bias")
"""What a SigLIP file holds beside its vision model."""


class AestheticHead(nn.Module):
    """The published head: five linear layers without activations; the places of its dropouts stay empty."""

    def __init__(self, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inner in MLP_WIDTHS:
            layers += [nn.Linear(width, inner), nn.Identity()]
            width = inner
        self.scoring_head = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:
        """[..., C] to [...], on the published scale of about 1 to 10."""
        return self.scoring_head(x).squeeze(-1)


class AestheticModel(nn.Module):
    """SigLIP's vision model and the head."""

    def __init__(self, siglip: SiglipVisionModel, head: AestheticHead) -> None:
        super().__init__()
        self.siglip, self.head = siglip, head

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels [B, 3, h, w] from -1 to 1 to SigLIP's pooled features [B, C] and scores float32 [B], divided by 10."""
        pooled = self.siglip(pixel_values=pixels).pooler_output
        return pooled, self.head(F.normalize(pooled, dim=-1)).float() / 10


class AestheticScorer:
    """The `Reward` protocol over an `AestheticModel`; runs on the model's device and in its dtype."""

    def __init__(self, model: AestheticModel, *, name: str = "aesthetic", batch: int = 16) -> None:
        self.model, self.name, self.batch = model.eval(), name, batch

    @torch.inference_mode()
    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] to float32 [B] on the images' device, about 0.1 to 1; the prompt is not read."""
        check_images(images)
        siglip = self.model.siglip
        size: Any = siglip.config.image_size
        if not len(images):
            return torch.zeros(0, device=images.device)
        scores = []
        for chunk in images.split(self.batch):
            pixels = normalize(squash(chunk.to(siglip.device), size), HALF, HALF)
            scores.append(self.model(pixels.to(siglip.dtype))[1].to(images.device))
        return torch.cat(scores)

    def flops(self, images: int) -> float:
        """Floating-point operations of scoring this many images: matrix products only."""
        config: Any = self.model.siglip.config
        width, patches = config.hidden_size, (config.image_size // config.patch_size) ** 2
        # One query gathers all patches, then a feed-forward layer reads what it gathered.
        pooling = 2 * (2 * (patches + 1) * width**2 + 2 * patches * width + 2 * width * config.intermediate_size)
        head = 2 * sum(a * b for a, b in zip((width, *MLP_WIDTHS), MLP_WIDTHS, strict=False))
        return images * (vit_flops(config, class_tokens=0) + pooling + head)


def load_aesthetic(head: str | Path, siglip: str | Path, settings: Mapping[str, Any]) -> AestheticModel:
    """The model in float32 and evaluation mode from the published head and a SigLIP file (whole or vision only).

    `settings` are the fields of SigLIP's config.json. Raises CheckpointError, which lists every tensor that is unknown,
    missing or misshapen.
    """
    from transformers import SiglipVisionConfig, SiglipVisionModel

    try:
        config = SiglipVisionConfig(**settings.get("vision_config", settings))
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"The configuration beside {siglip} is no SigLIP's ({error}); fetch it again.") from error
    vision = load_pretrained(SiglipVisionModel, config, read_tensors(Path(siglip)), str(siglip), unused=OTHER_HALF)
    return AestheticModel(vision, _load_head(Path(head), config.hidden_size)).eval()


def _load_head(path: Path, width: int) -> AestheticHead:
    state = read_tensors(path)
    head = AestheticHead(width)
    check_tensors(shapes(head.state_dict()), shapes(state), str(path), "the aesthetic head")
    check_finite(state, str(path))
    head.load_state_dict({name: t.float() for name, t in state.items()})
    return head


@judge(
    "aesthetic",
    "Aesthetic V2.5, divided by 10; does not read the prompt",
    (
        *hub_files(
            "https://github.com/discus0434/aesthetic-predictor-v2-5/raw/main/models",
            "AGPL-3.0",
            "aesthetic_predictor_v2_5.pth",
        ),
        *hub_files("google/siglip-so400m-patch14-384", "Apache-2.0", "model.safetensors", "config.json"),
    ),
    title="Aesthetic v2.5",
    place=40,
)
def build_aesthetic(paths: Sequence[Path], device: torch.device) -> Reward:
    """The head, and SigLIP with its configuration."""
    head, weights, config = paths
    return AestheticScorer(load_aesthetic(head, weights, read_config(config)).to(device))
