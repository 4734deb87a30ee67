"""Training of the toybox transformer and its text encoder on the bits of tokenized scenes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.bsq import Size
from ttsvar.families.infinity.checkpoint import load_saved_transformer, save_transformer
from ttsvar.families.infinity.text import load_text_encoder
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.toybox.presets import SCHEDULE, TRANSFORMER, new_text_encoder
from ttsvar.toybox.train.dataset import SceneSet, training_scene
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.teaching import scale_weights, teacher_inputs
from ttsvar.toybox.train.tokenizer import VALIDATION_SEED, cell_labels, to_tensor
from ttsvar.toybox.world.prompts import Request, in_reading_order
from ttsvar.toybox.world.scenes import Thing, render
from ttsvar.toybox.world.things import COLORS, SHAPES

CONDITION_DROPOUT = 0.1
FLIP_MOST = 0.25
"""Largest chance of a bit error in self-correction; each sample draws its own chance between 0 and this."""
CELL_WEIGHT = 0.04
CURRICULUM = ((0.4, 10), (0.6, 12), (1.01, 13))
"""Up to which progress how many scales are trained: the first ten hold what is where and cost half as much."""
SEVERAL_FROM, SEVERAL_SHARE = 0.67, 0.75
"""Which object has which colour and side is learned last: from that progress on, that share of a batch is about it."""
SIZES: tuple[Size, ...] = SCHEDULE.sizes


@torch.no_grad()
def tokenizer_features(tokenizer: BSQAutoencoder, scenes: SceneSet, path: Path) -> Tensor:
    """The encoder's features of every scene, fp16 [N, D, 8, 8], computed once and mapped from `path`."""
    if not path.exists():
        features = torch.empty(len(scenes), TRANSFORMER.bits, *SIZES[-1], dtype=torch.float16)
        for start in range(0, len(scenes), 64):
            with torch.autocast("cpu", torch.bfloat16):
                block = tokenizer.encode_features(to_tensor(scenes.images[start : start + 64]))
            features[start : start + 64] = block.half()
        temporary = path.with_suffix(".tmp.npy")
        np.save(temporary, features.numpy())
        temporary.replace(path)
    return torch.from_numpy(np.load(path, mmap_mode="c"))


def token_cells(things: list[tuple[Thing, ...]], scales: int) -> Tensor:
    """What each token of each scale covers, int64 [B, L_total] (see `cell_labels`)."""
    grids = {side: cell_labels(things, side).flatten(1) for side in {h for h, _ in SIZES[:scales]}}
    return torch.cat([grids[h] for h, _ in SIZES[:scales]], dim=1)


class _TransformerWithText(nn.Module):
    """The transformer, its text encoder, and a head over objects and colours that only training uses."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.transformer = Infinity(TRANSFORMER).init_weights(seed)
        self.text_encoder = new_text_encoder()
        self.cells = nn.Linear(TRANSFORMER.embed_dim, 1 + len(SHAPES) * len(COLORS))


class TransformerTask:
    """Teacher forcing on bits with random errors whose later targets correct them (Infinity, section 3.4)."""

    name = "transformer"

    def __init__(
        self,
        scenes: SceneSet,
        tokenizer: BSQAutoencoder,
        features: Path,
        *,
        batch: int = 32,
        seed: int = 0,
        start: Path | None = None,
    ) -> None:
        self.scenes, self.batch, self.seed = scenes, batch, seed
        torch.manual_seed(seed)
        self.model = _TransformerWithText(seed)
        if start is not None:
            trained = load_saved_transformer(start / "transformer.safetensors")
            self.model.transformer.load_state_dict(trained.state_dict())
            text = load_text_encoder(start / "text_encoder.safetensors")
            self.model.text_encoder.load_state_dict(text.state_dict())
        self.tokenizer = tokenizer
        self.features = tokenizer_features(tokenizer, scenes, features)
        several = np.array([len(r.kinds) > 1 for r in scenes.requests])
        self.several, self.others = np.flatnonzero(several), np.flatnonzero(~several)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the transformer's hidden matrices, AdamW for embeddings, heads, norms and the whole text encoder.

        T5 does not scale its attention logits: under Muon they grow until words ignore where their neighbours stand.
        """
        plain = ("embed", "head", "cells", "uncond", "start_position", "adaptive", "query", "text_encoder")
        return optimizers(self.model, matrix_lr=0.02, other_lr=2e-3, plain=plain)

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Weighted bit loss, and the cell loss from the middle of the transformer."""
        rng = np.random.default_rng((self.seed, step, rank))
        chosen = self._choose(rng, self.batch // ranks, progress)
        scales = next(count for until, count in CURRICULUM if progress < until)
        flips = torch.from_numpy(rng.uniform(0, FLIP_MOST, (1, len(chosen)))).float().expand(len(SIZES), -1)
        drop = torch.from_numpy(rng.random(len(chosen)) < CONDITION_DROPOUT)
        prompts = [in_reading_order(self.scenes.requests[i], self.scenes.things[i]).prompt for i in chosen]
        logits, targets, middle = self._predict(self.features[chosen].float(), prompts, flips, drop, scales)
        losses = F.cross_entropy(logits.flatten(0, 2), targets.flatten(), reduction="none").view(targets.shape)
        losses = losses.mean(-1)
        bit_loss = (losses * scale_weights(SIZES[:scales])).sum(1).mean()
        cells = token_cells([self.scenes.things[i] for i in chosen], scales)
        cell_loss = F.cross_entropy(self.model.cells(middle).float().flatten(0, 1), cells.flatten())
        loss = bit_loss + CELL_WEIGHT * (1 - progress) * cell_loss
        return loss, {"bit_loss": float(bit_loss.detach()), "cell_loss": float(cell_loss.detach())}

    def _choose(self, rng: np.random.Generator, count: int, progress: float) -> np.ndarray:
        """Indices of a batch: any scenes at first, mostly several kinds of things once shapes and colours are known."""
        if progress < SEVERAL_FROM:
            return np.sort(rng.choice(len(self.scenes), count, replace=False))
        several = round(SEVERAL_SHARE * count)
        parts = ((self.several, several), (self.others, count - several))
        return np.sort(np.concatenate([rng.choice(part, size, replace=False) for part, size in parts]))

    def _predict(
        self, features: Tensor, prompts: list[str], flips: Tensor, drop: Tensor | None, scales: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits float32 [B, L, D, 2], right bits int64 [B, L, D], and middle activations [B, L, C]."""
        targets, fed, _ = self.tokenizer.quantizer.encode_flipped(features, SIZES[:scales], flips[:scales])
        inputs = teacher_inputs(self.tokenizer, fed, SIZES)
        with torch.autocast("cpu", torch.bfloat16):
            text, lens = self.model.text_encoder.encode(prompts)
            condition = self.model.transformer.condition(text, lens, guided=False, drop=drop)
            logits, middle = self.model.transformer.forward_train(inputs, condition, scales)
        right = torch.cat([bits.flatten(1, 2) for bits in targets], dim=1).long()
        return logits.float(), right, middle

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Mean loss per bit, without errors fed in, on 64 scenes that training never drew; by scale too.

        `val_swap_cost` is what the loss rises by where two named colours change places in the prompt: 0 for a model
        that reads a bag of words.
        """
        pairs = [training_scene(VALIDATION_SEED, i) for i in range(64)]
        images = to_tensor(np.stack([render(scene) for _, scene in pairs]))
        features = self.tokenizer.encode_features(images)
        requests = [in_reading_order(request, scene.things) for request, scene in pairs]
        by_token = self._token_losses(features, requests).mean(0)
        counts = [h * w for h, w in SIZES]
        by_scale = [float(part.mean()) for part in by_token.split(counts)]
        colored = [i for i, request in enumerate(requests) if request.tag == "color_attr"]
        right = self._token_losses(features[colored], [requests[i] for i in colored])
        swapped = self._token_losses(features[colored], [_swapped(requests[i]) for i in colored])
        figures = {"val_bit_loss": float(by_token.mean()), "val_swap_cost": float((swapped - right).mean())}
        return figures | {f"val_scale_{k}": v for k, v in enumerate(by_scale)}

    def _token_losses(self, features: Tensor, requests: list[Request]) -> Tensor:
        """Mean loss per bit of every token, [B, L_total], without errors fed in."""
        prompts = [request.prompt for request in requests]
        logits, targets, _ = self._predict(features, prompts, torch.zeros(len(SIZES), 1), None, len(SIZES))
        losses = F.cross_entropy(logits.flatten(0, 2), targets.flatten(), reduction="none").view(targets.shape)
        return losses.mean(-1)

    def save(self, folder: Path) -> None:
        """Write `transformer.safetensors` and `text_encoder.safetensors` in fp16."""
        save_transformer(self.model.transformer, folder / "transformer.safetensors")
        self.model.text_encoder.save(folder / "text_encoder.safetensors")


def _swapped(request: Request) -> Request:
    """The request with the colours of its two kinds exchanged."""
    (first, its_color, one), (second, other_color, two) = request.kinds
    return replace(request, kinds=((first, other_color, one), (second, its_color, two)))
