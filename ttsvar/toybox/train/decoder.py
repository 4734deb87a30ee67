"""More training for the tokenizer's decoder alone: bits stay as they are, and so does every model that reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.toybox.train.dataset import SceneSet
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.tokenizer import SIZES, reconstruction_error, to_tensor, validate_tokenizer


class DecoderTask:
    """Half of a batch is decoded from all scales, half from a random number of them, as the tokenizer learned it.

    `features` are the frozen encoder's, fp16 [N, D, 8, 8].
    """

    name = "decoder"

    def __init__(
        self, scenes: SceneSet, tokenizer: BSQAutoencoder, features: Tensor, *, batch: int = 32, seed: int = 0
    ) -> None:
        self.scenes, self.tokenizer, self.features = scenes, tokenizer, features
        self.batch, self.seed = batch, seed

    @property
    def model(self) -> nn.Module:
        """What learns; the encoder and the quantiser do not."""
        return self.tokenizer.decoder

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """The tokenizer's own, at half its rates: these weights have learned already."""
        return optimizers(self.model, matrix_lr=0.01, other_lr=7e-4, plain=("conv_in", "conv_out"))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Reconstruction losses of this rank's scenes."""
        rng = np.random.default_rng((self.seed, step, rank))
        chosen = np.sort(rng.choice(len(self.scenes), self.batch // ranks, replace=False))
        images, half = to_tensor(self.scenes.images[chosen]), len(chosen) // 2
        summed = self._summed(torch.from_numpy(chosen), half, drop=int(rng.integers(1, len(SIZES) - 1)))
        with torch.autocast("cpu", torch.bfloat16):
            decoded = self.model(summed).float()
        return reconstruction_error(decoded, images, half)

    def validate(self) -> dict[str, float]:
        """See `validate_tokenizer`."""
        return validate_tokenizer(self.tokenizer)

    def save(self, folder: Path) -> None:
        """Write the whole `tokenizer.safetensors` in fp16."""
        save_tokenizer(self.tokenizer, folder / "tokenizer.safetensors")

    @torch.no_grad()
    def _summed(self, chosen: Tensor, half: int, drop: int) -> Tensor:
        quantizer = self.tokenizer.quantizer
        bits, full = quantizer.encode(self.features[chosen].float(), SIZES)
        coarse = quantizer.sum_codes([b[half:] for b in bits[:-drop]], SIZES[-1])
        return torch.cat([full[:half], coarse])
