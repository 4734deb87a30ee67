"""Training of the toybox tokenizer: reconstruct scenes from all scales, and honestly from the first few."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.toybox.presets import SCHEDULE, TOKENIZER
from ttsvar.toybox.train.dataset import SceneSet, training_scene
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.world.scenes import Thing, render
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE, SHAPES

COMMITMENT = 3.0
PROBE = 0.02
VALIDATION_SEED = 9
SIZES = SCHEDULE.sizes
GRID = SIZES[-1][0]


def to_tensor(images: np.ndarray) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, H, W] in [-1, 1].

    Planes are made contiguous: group normalisation is ten times slower on channels-last bfloat16 on CPUs.
    """
    planes = torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float().div(127.5).sub(1)
    return planes.contiguous()


def cell_labels(things: list[tuple[Thing, ...]], grid: int = GRID) -> Tensor:
    """What covers each cell's centre: int64 [B, grid, grid]; 0 is background, else 1 + shape * colours + colour."""
    centres = (np.arange(grid) + 0.5) * IMAGE_SIZE / grid
    labels = np.zeros((len(things), grid, grid), np.int64)
    for i, scene in enumerate(things):
        for t in scene:
            left, top, right, bottom = t.box
            rows, columns = (centres >= top) & (centres <= bottom), (centres >= left) & (centres <= right)
            label = 1 + SHAPES.index(t.shape) * len(COLORS) + list(COLORS).index(t.color)
            labels[i][np.ix_(rows, columns)] = label
    return torch.from_numpy(labels)


def psnr(images: Tensor, targets: Tensor) -> float:
    """Mean over images of the peak signal-to-noise ratio in dB; both [B, 3, H, W] in [-1, 1]."""
    errors = (images - targets).square().mean((1, 2, 3)).clamp_min(1e-10)
    return float((10 * torch.log10(4.0 / errors)).mean())


def reconstruction_error(decoded: Tensor, images: Tensor, half: int) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch [B, 3, H, W] in [-1, 1] and figures for the log; after `half` come those of fewer scales."""
    squared = (decoded - images).square().mean((1, 2, 3))
    absolute = (decoded - images).abs().mean((1, 2, 3))
    # What a few scales cannot tell would drown the rest.
    coarse = torch.arange(len(images), device=images.device) >= half
    error = (5 * squared + absolute) * torch.where(coarse, 0.35, 1.0)
    full = float(squared.detach()[:half].mean())
    figures = {"mse_full": full, "psnr_full": 10 * math.log10(4.0 / full)}
    return error.mean(), {**figures, "mse_coarse": float(squared.detach()[half:].mean())}


@torch.no_grad()
def validate_tokenizer(tokenizer: BSQAutoencoder) -> dict[str, float]:
    """PSNR on 64 scenes that training never drew, from all scales and from the first 3, 7 and 10."""
    images = to_tensor(np.stack([render(training_scene(VALIDATION_SEED, i)[1]) for i in range(64)]))
    bits, summed = tokenizer.quantizer.encode(tokenizer.encode_features(images), SIZES)
    figures = {"val_psnr": psnr(tokenizer.decode(summed), images)}
    for scales in (3, 7, 10):
        partial = tokenizer.quantizer.sum_codes(bits[:scales], SIZES[-1])
        figures[f"val_psnr_{scales}_scales"] = psnr(tokenizer.decode(partial), images)
    return figures


class _ProbedTokenizer(nn.Module):
    """The tokenizer with a linear probe that only training uses."""

    def __init__(self) -> None:
        super().__init__()
        self.tokenizer = BSQAutoencoder(TOKENIZER)
        self.probe = nn.Conv2d(TOKENIZER.bits, 1 + len(SHAPES) * len(COLORS), 1)


class TokenizerTask:
    """Half of a batch is reconstructed from all scales, half from a random number of them."""

    name = "tokenizer"

    def __init__(self, scenes: SceneSet, batch: int = 32, seed: int = 0) -> None:
        self.scenes, self.batch, self.seed = scenes, batch, seed
        torch.manual_seed(seed)
        self.model = _ProbedTokenizer()
        gains = self.model.tokenizer.quantizer.gains
        assert gains is not None
        gains.requires_grad_()

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for convolutions, AdamW for the rest."""
        return optimizers(self.model, matrix_lr=0.02, other_lr=1.5e-3, plain=("probe", "conv_in", "conv_out"))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Reconstruction, commitment and probe losses of this rank's scenes."""
        rng = np.random.default_rng((self.seed, step, rank))
        chosen = np.sort(rng.choice(len(self.scenes), self.batch // ranks, replace=False))
        images = to_tensor(self.scenes.images[chosen])
        labels = cell_labels([self.scenes.things[i] for i in chosen])
        half = len(chosen) // 2
        drop = int(rng.integers(1, len(SIZES) - 1))
        with torch.autocast("cpu", torch.bfloat16):
            features = self.model.tokenizer.encoder(images)
            quantize = self.model.tokenizer.quantizer.quantize_train
            full, commit_full, _ = quantize(features[:half], SIZES)
            coarse, commit_coarse, _ = quantize(features[half:], SIZES, drop_last=drop)
            summed = torch.cat([full, coarse])
            decoded = self.model.tokenizer.decoder(summed).float()
            probe = F.cross_entropy(self.model.probe(summed).float(), labels)
        error, figures = reconstruction_error(decoded, images, half)
        commitment = (commit_full + commit_coarse) / (2 * TOKENIZER.bits)
        loss = error + COMMITMENT * commitment + PROBE * probe
        return loss, {**figures, "commitment": float(commitment.detach()), "probe": float(probe.detach())}

    def validate(self) -> dict[str, float]:
        """See `validate_tokenizer`."""
        return validate_tokenizer(self.model.tokenizer)

    def save(self, folder: Path) -> None:
        """Write `tokenizer.safetensors` in fp16."""
        save_tokenizer(self.model.tokenizer, folder / "tokenizer.safetensors")
