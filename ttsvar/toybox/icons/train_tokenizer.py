"""Training of this world's tokenizer: reconstruct scenes from all scales, and honestly from the first few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer, save_tokenizer
from ttsvar.toybox.icons.drawn import CLASS_LABELS, COLOR_LABELS, Batch
from ttsvar.toybox.icons.grow import grow_tokenizer
from ttsvar.toybox.icons.presets import SCHEDULE, TOKENIZER
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.tokenizer import COMMITMENT, PROBE, psnr, reconstruction_error

SIZES = SCHEDULE.sizes
CHECKED_SCALES = (3, 6, 7, 10)
"""Previews are checked after these, and after all."""


@torch.no_grad()
def preview_psnr(tokenizer: BSQAutoencoder, images: Tensor) -> dict[str, float]:
    """dB of images [B, 3, H, W] decoded from all scales and from the first few."""
    bits, summed = tokenizer.quantizer.encode(tokenizer.encode_features(images), SIZES)
    figures = {"val_psnr": psnr(tokenizer.decode(summed), images)}
    for scales in CHECKED_SCALES:
        partial = tokenizer.quantizer.sum_codes(bits[:scales], SIZES[-1])
        figures[f"val_psnr_{scales}_scales"] = psnr(tokenizer.decode(partial), images)
    return figures


class _ProbedTokenizer(nn.Module):
    """The tokenizer with linear probes for class and colour that only training uses."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenizer = BSQAutoencoder(TOKENIZER)
        self.probe = nn.Conv2d(TOKENIZER.bits, CLASS_LABELS + COLOR_LABELS, 1)


class IconTokenizerTask:
    """Half of a batch is reconstructed from all scales, half from a random number of them."""

    name = "tokenizer"

    def __init__(self, scenery: Scenery, batch: int = 16, *, start: Path | None = None, seed: int = 0) -> None:
        self.scenery, self.batch = scenery, batch
        torch.manual_seed(seed)
        model = _ProbedTokenizer()
        if start is not None:
            grow_tokenizer(load_tokenizer(start / "tokenizer.safetensors"), model.tokenizer)
        gains = model.tokenizer.quantizer.gains
        assert gains is not None
        gains.requires_grad_()
        self.model = model.to(scenery.device)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for convolutions, AdamW for the rest."""
        return optimizers(self.model, matrix_lr=0.02, other_lr=1.5e-3, plain=("probe", "conv_in", "conv_out"))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Reconstruction, commitment and probe losses of this rank's scenes."""
        count, device = self.batch // ranks, self.scenery.device
        drawn = self.scenery.scenes.batch((step * ranks + rank) * count, count)
        images, half = drawn.images(device), count // 2
        drop = int(np.random.default_rng((step, rank)).integers(1, len(SIZES) - 1))
        model = self.model.tokenizer
        with torch.autocast(device.type, torch.bfloat16):
            features = model.encoder(images)
            full, commit_full, _ = model.quantizer.quantize_train(features[:half], SIZES)
            coarse, commit_coarse, _ = model.quantizer.quantize_train(features[half:], SIZES, drop_last=drop)
            summed = torch.cat([full, coarse])
            decoded = model.decoder(summed).float()
            guesses = self.model.probe(summed).float()
        probe = self._probe_loss(guesses, drawn)
        error, figures = reconstruction_error(decoded, images, half)
        commitment = (commit_full + commit_coarse) / (2 * TOKENIZER.bits)
        loss = error + COMMITMENT * commitment + PROBE * probe
        return loss, {**figures, "commitment": float(commitment.detach()), "probe": float(probe.detach())}

    def _probe_loss(self, guesses: Tensor, drawn: Batch) -> Tensor:
        """Of guesses [B, labels, h, w] about class and colour of every cell of the finest scale."""
        cells = guesses.flatten(2)
        by_part = cells.split([CLASS_LABELS, COLOR_LABELS], dim=1)
        labels = drawn.tokens(-cells.shape[-1], drawn.labels.shape[-1], guesses.device)
        classes, colors = (F.cross_entropy(part, label) for part, label in zip(by_part, labels, strict=True))
        return classes + colors

    def validate(self) -> dict[str, float]:
        """See `preview_psnr`; on scenes that training never draws."""
        return preview_psnr(self.model.tokenizer, self.scenery.unseen.images(self.scenery.device))

    def save(self, folder: Path) -> None:
        """Write `tokenizer.safetensors` in fp16."""
        save_tokenizer(self.model.tokenizer, folder / "tokenizer.safetensors")
