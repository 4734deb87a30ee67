"""Rewards that are a cosine: CLIP's image features against its text features."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.nn.prompt_tokenizer import CLIP, PromptTokenizer, load_prompt_tokenizer
from ttsvar.nn.strict import load_pretrained
from ttsvar.protocols import Reward
from ttsvar.rewards.checkpoint import read_config
from ttsvar.rewards.flops import vit_flops
from ttsvar.rewards.pixels import center_crop, check_images, normalize
from ttsvar.rewards.registry import judge
from ttsvar.weights.loadable import hub_files
from ttsvar.weights.tensors import read_tensors

if TYPE_CHECKING:
    from transformers import CLIPModel


def image_features(model: CLIPModel, pixels: Tensor) -> Tensor:
    """Normalised pixels [B, 3, h, w] to features float32 [B, C] of length 1."""
    pooled = model.vision_model(pixel_values=pixels).pooler_output
    return F.normalize(model.visual_projection(pooled).float(), dim=-1)


def text_features(model: CLIPModel, ids: Tensor) -> Tensor:
    """Ids int64 [S, T], padded on the right or not at all, to features float32 [S, C] of length 1.

    A token only sees those before it, so padding after the end mark changes nothing.
    """
    pooled = model.text_model(input_ids=ids).pooler_output
    return F.normalize(model.text_projection(pooled).float(), dim=-1)


class ClipScorer:
    """The `Reward` protocol over a `CLIPModel`: the cosine of image and prompt (Radford et al. 2021), from -1 to 1.

    CLIP score (Hessel et al. 2021) without its factor of 2.5, as the paper's tables give it. `fit` brings images to
    the model's square. Runs on the model's device and in its dtype; a prompt is read once for all its images.
    """

    def __init__(
        self,
        model: CLIPModel,
        tokenizer: PromptTokenizer,
        *,
        name: str,
        fit: Callable[[Tensor, int], Tensor] = center_crop,
        batch: int = 16,
    ) -> None:
        self.model, self.tokenizer, self.name, self.fit, self.batch = model.eval(), tokenizer, name, fit, batch
        vision: Any = self.model.config.vision_config
        self.size = int(vision.image_size)
        self._read: tuple[str, Tensor] | None = None

    @torch.inference_mode()
    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] and a prompt to float32 [B] on the images' device; higher is better."""
        check_images(images)
        text, weight = self._text(prompt), self.model.visual_projection.weight
        if not len(images):
            return torch.zeros(0, device=images.device)
        scores = []
        for chunk in images.split(self.batch):
            pixels = normalize(self.fit(chunk.to(weight.device), self.size))
            found = image_features(self.model, pixels.to(weight.dtype))
            scores.append((found @ text).to(images.device))
        return torch.cat(scores)

    def flops(self, images: int) -> float:
        """Floating-point operations of scoring this many images; the prompt, read once a run, is left out."""
        return images * vit_flops(self.model.config.vision_config)

    def _text(self, prompt: str) -> Tensor:
        read = self._read
        if read is None or read[0] != prompt:
            ids, _ = self.tokenizer([prompt])
            read = self._read = (prompt, text_features(self.model, ids.to(self.model.device))[0])
        return read[1]


def build_clip(
    settings: Mapping[str, Any], state: Mapping[str, Tensor], source: str, *, device: str | torch.device = "cpu"
) -> CLIPModel:
    """A `CLIPModel` in float32 from the fields of its published config.json and its tensors, strictly."""
    from transformers import CLIPConfig, CLIPModel

    try:
        config = CLIPConfig(**settings)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"The configuration beside {source} is no CLIP's ({error}); fetch it again.") from error
    # Buffers that earlier releases of transformers wrote; they only count positions.
    buffers = ("text_model.embeddings.position_ids", "vision_model.embeddings.position_ids")
    return load_pretrained(CLIPModel, config, state, source, unused=buffers, device=device)


@judge(
    "clip-score",
    "cosine of CLIP ViT-L/14's image and text",
    (*hub_files("openai/clip-vit-large-patch14", "MIT", "model.safetensors", "config.json"), CLIP.file),
    title="CLIP score",
    place=50,
)
def build_clip_score(paths: Sequence[Path], device: torch.device) -> Reward:
    """The published model with its configuration and tokenizer."""
    weights, config, tokenizer = paths
    model = build_clip(read_config(config), read_tensors(weights), str(weights), device=device)
    return ClipScorer(model, load_prompt_tokenizer(tokenizer, CLIP), name="clip-score")
