"""Training of this world's transformer and text encoder on the bits of scenes drawn as they are needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.families.infinity.checkpoint import load_saved_transformer, save_transformer
from ttsvar.families.infinity.text import load_text_encoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.toybox.icons.drawn import CLASS_LABELS, COLOR_LABELS
from ttsvar.toybox.icons.grow import grow_text_encoder, grow_transformer
from ttsvar.toybox.icons.presets import SCHEDULE, TRANSFORMER, new_text_encoder
from ttsvar.toybox.icons.prompts import IconRequest
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.teaching import scale_weights, teacher_inputs
from ttsvar.toybox.train.transformer import CELL_WEIGHT, CONDITION_DROPOUT, FLIP_MOST
from ttsvar.toybox.world.prompts import Request

SIZES = SCHEDULE.sizes
CURRICULUM = ((0.45, 8), (0.75, 10), (0.88, 12), (1.01, 13))
"""Up to which progress how many scales are trained: the first eight hold what is where, and a fifth of all tokens.

On two cores a step of 16 takes .9, 1.6, 2.7 and 3.9 seconds with these.
"""
PLAIN = ("embed", "head", "cells", "uncond", "start_position", "adaptive", "query", "text_encoder")
"""Under AdamW rather than Muon: embeddings, heads, norms and the whole text encoder (see the toybox's task)."""


class _TransformerWithText(nn.Module):
    """The transformer, its text encoder, and a head over classes and colours that only training uses."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.transformer = Infinity(TRANSFORMER).init_weights(seed)
        self.text_encoder = new_text_encoder()
        self.cells = nn.Linear(TRANSFORMER.embed_dim, CLASS_LABELS + COLOR_LABELS)


class IconTransformerTask:
    """Teacher forcing on bits with random errors whose later targets correct them (Infinity, section 3.4)."""

    name = "transformer"

    def __init__(
        self, scenery: Scenery, tokenizer: Path, batch: int = 16, *, start: Path | None = None, seed: int = 0
    ) -> None:
        self.scenery, self.batch = scenery, batch
        self.tokenizer = load_tokenizer(tokenizer).to(scenery.device)
        torch.manual_seed(seed)
        model = _TransformerWithText(seed)
        if start is not None:
            grow_transformer(load_saved_transformer(start / "transformer.safetensors"), model.transformer)
            grow_text_encoder(load_text_encoder(start / "text_encoder.safetensors"), model.text_encoder)
        self.model = model.to(scenery.device)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the transformer's hidden matrices, AdamW for the rest."""
        return optimizers(self.model, matrix_lr=0.02, other_lr=2e-3, plain=PLAIN)

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Weighted bit loss, and the loss of classes and colours from the middle of the transformer."""
        count, device = self.batch // ranks, self.scenery.device
        drawn = self.scenery.scenes.batch((step * ranks + rank) * count, count)
        rng = np.random.default_rng((step, rank))
        sizes = SIZES[: next(scales for until, scales in CURRICULUM if progress < until)]
        flips = torch.from_numpy(rng.uniform(0, FLIP_MOST, (1, count))).float().expand(len(sizes), -1)
        drop = torch.from_numpy(rng.random(count) < CONDITION_DROPOUT).to(device)
        features = self._features(drawn.images(device))
        losses, middle = self._token_losses(features, drawn.requests, flips, drop, len(sizes))
        bit_loss = (losses * scale_weights(sizes).to(device)).sum(1).mean()
        guesses = self.model.cells(middle).float().split([CLASS_LABELS, COLOR_LABELS], dim=-1)
        class_loss, color_loss = (
            F.cross_entropy(guess.flatten(0, 1), labels.flatten())
            for guess, labels in zip(guesses, drawn.tokens(0, losses.shape[1], device), strict=True)
        )
        loss = bit_loss + CELL_WEIGHT * (1 - progress) * (class_loss + color_loss)
        figures = {"bit_loss": bit_loss, "class_loss": class_loss, "color_loss": color_loss}
        return loss, {name: float(value.detach()) for name, value in figures.items()}

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Mean loss per bit, without errors fed in, on scenes that training never draws; by scale too.

        `val_text_gain` is what it rises by where every prompt is exchanged for the next one's: 0 for a model that does
        not read. `val_swap_cost` is that for two named colours that change places: 0 for a bag of words.
        """
        unseen = self.scenery.unseen
        features, said = self._features(unseen.images(self.scenery.device)), unseen.requests
        by_token = self._clean(features, said).mean(0)
        by_scale = [float(part.mean()) for part in by_token.split([h * w for h, w in SIZES])]
        figures = {"val_bit_loss": float(by_token.mean())}
        figures["val_text_gain"] = float(self._clean(features, said[1:] + said[:1]).mean()) - figures["val_bit_loss"]
        pairs = [i for i, request in enumerate(said) if request.tag == "color_attr"]
        right = self._clean(features[pairs], [said[i] for i in pairs])
        swapped = self._clean(features[pairs], [_swapped(said[i]) for i in pairs])
        figures["val_swap_cost"] = float((swapped - right).mean())
        return figures | {f"val_scale_{k}": v for k, v in enumerate(by_scale)}

    def save(self, folder: Path) -> None:
        """Write `transformer.safetensors` and `text_encoder.safetensors` in fp16."""
        save_transformer(self.model.transformer, folder / "transformer.safetensors")
        self.model.text_encoder.save(folder / "text_encoder.safetensors")

    @torch.no_grad()
    def _features(self, images: Tensor) -> Tensor:
        with torch.autocast(self.scenery.device.type, torch.bfloat16):
            return self.tokenizer.encode_features(images).float()

    def _clean(self, features: Tensor, said: list[Request]) -> Tensor:
        """Mean loss per bit of every token, [B, L], without errors fed in."""
        return self._token_losses(features, said, torch.zeros(len(SIZES), 1), None, len(SIZES))[0]

    def _token_losses(
        self, features: Tensor, said: list[Request], flips: Tensor, drop: Tensor | None, scales: int
    ) -> tuple[Tensor, Tensor]:
        """Mean loss per bit of every token, [B, L], and the activations half way, [B, L, C]."""
        targets, fed, _ = self.tokenizer.quantizer.encode_flipped(features, SIZES[:scales], flips)
        inputs = teacher_inputs(self.tokenizer, fed, SIZES)
        with torch.autocast(self.scenery.device.type, torch.bfloat16):
            text, lens = self.model.text_encoder.encode([request.prompt for request in said])
            condition = self.model.transformer.condition(text, lens, guided=False, drop=drop)
            logits, middle = self.model.transformer.forward_train(inputs, condition, scales)
        right = torch.cat([bits.flatten(1, 2) for bits in targets], dim=1).long()
        losses = F.cross_entropy(logits.float().flatten(0, 2), right.flatten(), reduction="none")
        return losses.view(right.shape).mean(-1), middle


def _swapped(request: Request) -> IconRequest:
    """The request with the colours of its two kinds exchanged."""
    (first, its_color, one), (second, other_color, two) = request.kinds
    return replace(request, kinds=((first, other_color, one), (second, its_color, two)))  # type: ignore[return-value]
