"""Vector quantisation over scales, VAR's tokenizer (arXiv 2404.02905, Algorithms 1 and 2): images <-> tokens.

A token is the index of a vector of a codebook. A picture is the sum over scales of such vectors, enlarged to the final
grid and each passed through a small convolution (phi) that repairs what enlarging blurs.

States hold bits, so a token travels as its binary digits, the most significant first: 4096 vectors are 12 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.errors import ConfigError, StateError
from ttsvar.families.infinity.bsq import Size, shrink
from ttsvar.nn.blocks import Decoder, Encoder
from ttsvar.nn.tokenizer_config import TokenizerConfig

VAR_SHAPE = TokenizerConfig(bits=32, base_channels=160, ch_mult=(1, 1, 2, 2, 4), attention=True)


def tokens_to_bits(tokens: Tensor, digits: int) -> Tensor:
    """Tokens [...] to their binary digits uint8 [..., D], the most significant first."""
    places = torch.arange(digits - 1, -1, -1, device=tokens.device)
    return (tokens.long()[..., None] >> places & 1).to(torch.uint8)


def bits_to_tokens(bits: Tensor) -> Tensor:
    """The inverse of `tokens_to_bits`: uint8 [..., D] to int64 [...]."""
    places = torch.arange(bits.shape[-1] - 1, -1, -1, device=bits.device)
    return (bits.long() << places).sum(-1)


@dataclass(frozen=True)
class VQConfig:
    """The shape of a `VQAutoencoder`; the defaults are those of `vae_ch160v4096z32.pth`.

    `shape` is the convolutional part's (its `bits` are the channels of a code). `phis` convolutions are shared out over
    the scales, coarse to fine; phi(x) = (1 - `phi_share`) x + `phi_share` conv(x).
    """

    vocab: int = 4096
    phis: int = 4
    phi_share: float = 0.5
    shape: TokenizerConfig = field(default=VAR_SHAPE)

    def __post_init__(self) -> None:
        if self.vocab < 2 or self.phis < 0:
            raise ConfigError(f"The codebook has {self.vocab} vectors and {self.phis} phis; it needs 2 and 0 or more.")

    @property
    def digits(self) -> int:
        """D, binary digits of a token."""
        return (self.vocab - 1).bit_length()


class MultiScaleVQ(nn.Module):
    """The codebook and the phis; always computes in float32."""

    def __init__(self, config: VQConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.shape.bits
        self.codebook = nn.Embedding(config.vocab, channels)
        self.phi = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(config.phis))

    def tokens(self, bits: Tensor) -> Tensor:
        """Bits uint8 [B, h, w, D] to tokens int64 [B, h, w]; raises StateError where one is not in the codebook."""
        if bits.shape[-1] != self.config.digits:
            raise StateError(f"The bits have shape {tuple(bits.shape)}; the last side must be {self.config.digits}.")
        tokens = bits_to_tokens(bits.cpu())
        if int(tokens.max()) >= self.config.vocab:
            raise StateError(f"Token {int(tokens.max())} is not in a codebook of {self.config.vocab} vectors.")
        return tokens

    def accumulate(self, summed: Tensor | None, tokens: Tensor, scale: int, sizes: Sequence[Size]) -> Tensor:
        """The sum so far float32 [B, C, H, W] (None at first) plus a scale's tokens [B, h, w], on the final grid."""
        added = self._enlarged(tokens, scale, sizes)
        return added if summed is None else summed + added

    def next_input(self, summed: Tensor, size: Size) -> Tensor:
        """What the transformer is shown before a scale of this size: the sum so far averaged over areas."""
        return shrink(summed, size)

    @torch.no_grad()
    def encode(self, features: Tensor, sizes: Sequence[Size]) -> tuple[list[Tensor], Tensor]:
        """Features [B, C, H, W] to (tokens int64 [B, h, w] of each scale, their sum): the nearest vectors."""
        residual = features.float()
        tokens, summed = [], None
        for scale, size in enumerate(sizes):
            rows = shrink(residual, size).permute(0, 2, 3, 1)
            nearest = torch.cdist(rows.flatten(0, 2), self.codebook.weight.float()).argmin(-1)
            tokens.append(nearest.view(rows.shape[:3]))
            summed = self.accumulate(summed, tokens[-1], scale, sizes)
            residual = features.float() - summed
        assert summed is not None
        return tokens, summed

    def _enlarged(self, tokens: Tensor, scale: int, sizes: Sequence[Size]) -> Tensor:
        vectors = self.codebook(tokens.to(self.codebook.weight.device)).permute(0, 3, 1, 2).float()
        if tuple(vectors.shape[-2:]) != tuple(sizes[-1]):
            vectors = F.interpolate(vectors, size=tuple(sizes[-1]), mode="bicubic")
        if not self.config.phis:
            return vectors
        phi = self.phi[phi_index(scale, len(sizes), self.config.phis)]
        share = abs(self.config.phi_share)
        return vectors * (1 - share) + phi(vectors.to(self.codebook.weight.dtype)).float() * share


class VQAutoencoder(nn.Module):
    """A convolutional autoencoder around the quantiser (VAR's multi-scale VQVAE)."""

    def __init__(self, config: VQConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.shape.bits
        self.encoder = Encoder(config.shape)
        self.quant_conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.quantizer = MultiScaleVQ(config)
        self.post_quant_conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.decoder = Decoder(config.shape)

    def encode_features(self, images: Tensor) -> Tensor:
        """Images [B, 3, H, W] in [-1, 1] to features [B, C, H / patch, W / patch], not yet quantised."""
        return self.quant_conv(self.encoder(images))

    def decode(self, summed: Tensor) -> Tensor:
        """Summed codes [B, C, h, w] of any number of scales to images [B, 3, H, W], clamped to [-1, 1]."""
        return self.decoder(self.post_quant_conv(summed.to(self.post_quant_conv.weight.dtype))).clamp(-1, 1)


def phi_index(scale: int, scales: int, phis: int) -> int:
    """Which of the phis a scale uses: the one whose tick is nearest to the scale's place between 0 and 1.

    Ticks lie in the middle of equal parts; the published code has four of them a little nearer to both ends.
    """
    place = scale / max(1, scales - 1)
    edge = 1 / 3 / phis if phis == 4 else 1 / 2 / phis
    # Some scales lie midway between two ticks but for rounding: numpy's, as in the published code.
    return int(np.abs(np.linspace(edge, 1 - edge, phis) - place).argmin())
