"""The transformer's own pictures of known content: a drawing's coarse scales, continued by the model.

The layout is settled after about 7 scales (paper, Figure 7), so what the prompt names stays in the picture, while its
texture is the model's. Colours that the prompt leaves open may drift, so only the prompt itself is known to fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.checkpoint import load_saved_transformer
from ttsvar.families.infinity.text import TextEncoder, load_text_encoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.families.infinity.transformer import Condition, Infinity
from ttsvar.nn.kv_cache import CacheView
from ttsvar.sampling import bit_probabilities, combine_guidance, draw_bits
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.train.dataset import SceneSet
from ttsvar.toybox.train.reward_data import CHUNK, planes
from ttsvar.types import ScaleSchedule

KEPT = 7
"""Scales taken from the drawing."""
GUIDANCE, TEMPERATURE, TOP_P = 3.0, 0.5, 0.97


@dataclass(frozen=True)
class Painter:
    """The parts that draw: transformer, text encoder and tokenizer of a model folder, in evaluation mode."""

    transformer: Infinity
    text_encoder: TextEncoder
    tokenizer: BSQAutoencoder
    schedule: ScaleSchedule = SCHEDULE

    @torch.inference_mode()
    def continued(self, images: Tensor, prompts: Sequence[str], generator: torch.Generator, kept: int = KEPT) -> Tensor:
        """uint8 [B, H, W, 3] drawings with their prompts to the model's pictures, of the same shape.

        The first `kept` scales are the drawing's, the others are drawn with guidance 3, tau 0.5 and top-p 0.97.
        """
        quantizer = self.tokenizer.quantizer
        bits, _ = quantizer.encode(self.tokenizer.encode_features(planes(images)), self.schedule.sizes[:kept])
        cond = self.transformer.condition(*self.text_encoder.encode(prompts), guided=True)
        view, summed = self.transformer.empty_cache(2 * len(images)), None
        for scale, size in enumerate(self.schedule.sizes):
            view = view.grow(self.schedule.tokens(scale))
            logits = self._logits(summed, cond, view, scale)
            if scale < kept:
                drawn = bits[scale]
            else:
                chances = bit_probabilities(logits, top_p=TOP_P)
                drawn = draw_bits(chances, torch.rand(chances.shape, generator=generator)).unflatten(1, size)
            summed = quantizer.accumulate(summed, drawn, scale, self.schedule.sizes[-1])
        assert summed is not None
        return self.tokenizer.to_uint8(self.tokenizer.decode(summed))

    def _logits(self, summed: Tensor | None, cond: Condition, view: CacheView, scale: int) -> Tensor:
        if summed is None:
            x = self.transformer.start(cond, 1)
        else:
            codes = self.tokenizer.quantizer.next_input(summed, self.schedule.sizes[scale])
            x = self.transformer.embed(codes).repeat(2, 1, 1)
        conditional, unconditional = self.transformer.forward_scale(x, cond, view, scale).float().chunk(2)
        return combine_guidance(conditional, unconditional, GUIDANCE, TEMPERATURE)


def load_painter(folder: Path) -> Painter:
    """The painter of a model folder; raises CheckpointError where a file is missing."""
    transformer = load_saved_transformer(folder / "transformer.safetensors").eval()
    return Painter(
        transformer,
        load_text_encoder(folder / "text_encoder.safetensors"),
        load_tokenizer(folder / "tokenizer.safetensors"),
        ScaleSchedule(transformer.config.sizes),
    )


def sample_set(scenes: SceneSet, painter: Painter, path: Path, *, count: int, seed: int) -> SceneSet:
    """Pictures of the first scenes, drawn once and kept at `path`; each continues 7 to 9 scales of its drawing."""
    if not path.exists():
        generator = torch.Generator().manual_seed(seed)
        temporary = path.with_suffix(".tmp")
        images = np.memmap(temporary, np.uint8, "w+", shape=(count, *scenes.images.shape[1:]))
        for start in range(0, count, CHUNK):
            stop = min(start + CHUNK, count)
            block, kept = torch.from_numpy(np.array(scenes.images[start:stop])), KEPT + start // CHUNK % 3
            with torch.autocast("cpu", torch.bfloat16):
                images[start:stop] = painter.continued(block, scenes.prompts[start:stop], generator, kept).numpy()
        images.flush()
        temporary.replace(path)
    images = np.memmap(path, np.uint8, "r", shape=(count, *scenes.images.shape[1:]))
    return SceneSet(images, scenes.requests[:count], scenes.things[:count])
