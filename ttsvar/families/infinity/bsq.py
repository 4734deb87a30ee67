"""Binary spherical quantisation over scales: features <-> bits <-> codes (Infinity, "Bitwise Visual Tokenizer").

A code is a corner of the cube inscribed in the unit sphere: D values of +-1/sqrt(D), one bit each. A picture is the sum
over scales of codes enlarged to the final grid; each scale quantises what the coarser ones left over.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.errors import ConfigError

Size = tuple[int, int]


def bits_to_codes(bits: Tensor) -> Tensor:
    """Bits uint8 [B, h, w, D] to codes float32 [B, D, h, w] of +-1/sqrt(D)."""
    scale = bits.shape[-1] ** -0.5
    return (bits.permute(0, 3, 1, 2).float() * 2 - 1) * scale


def codes_to_bits(codes: Tensor) -> Tensor:
    """Signs of [B, D, h, w] as bits uint8 [B, h, w, D]; zero counts as negative."""
    return (codes > 0).permute(0, 2, 3, 1).contiguous().to(torch.uint8)


def shrink(x: Tensor, size: Size) -> Tensor:
    """[B, D, H, W] averaged over areas to [B, D, h, w]: how a residual is brought to a scale."""
    return x if x.shape[-2:] == size else F.interpolate(x, size=size, mode="area")


def resize(x: Tensor, size: Size) -> Tensor:
    """[B, D, H, W] interpolated linearly to [B, D, h, w]: how codes are enlarged and sums are fed back."""
    return x if x.shape[-2:] == size else F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class MultiScaleBSQ(nn.Module):
    """The multi-scale quantiser; it has no weights but an optional gain per scale, and always computes in float32.

    `gains` multiplies each scale's codes. It is a parameter that does not learn until `requires_grad_()` is called,
    and is absent (all ones, nothing in the state dict) where None is given.
    """

    gains: nn.Parameter | None

    def __init__(self, bits: int, gains: tuple[float, ...] | None = None) -> None:
        super().__init__()
        self.bits = bits
        values = None if gains is None else nn.Parameter(torch.tensor(gains, dtype=torch.float32), requires_grad=False)
        self.register_parameter("gains", values)

    def codes(self, bits: Tensor, scale: int) -> Tensor:
        """Bits uint8 [B, h, w, D] of a scale to its codes float32 [B, D, h, w], gain included."""
        if bits.shape[-1] != self.bits:
            raise ConfigError(f"The bits have shape {tuple(bits.shape)}; the last side must be {self.bits}.")
        codes = bits_to_codes(bits)
        if self.gains is None:
            return codes
        if scale >= len(self.gains):
            raise ConfigError(f"Scale {scale} has no gain: this tokenizer was made for {len(self.gains)} scales.")
        return codes * self.gains[scale].float()

    def accumulate(self, summed: Tensor | None, bits: Tensor, scale: int, final_size: Size) -> Tensor:
        """The sum so far float32 [B, D, H, W] (None at first) plus this scale's codes, enlarged to the final grid."""
        added = resize(self.codes(bits, scale), final_size)
        return added if summed is None else summed + added

    def sum_codes(self, bits: Sequence[Tensor], final_size: Size) -> Tensor:
        """All given scales' bits, coarse to fine, as one sum float32 [B, D, H, W]."""
        if not bits:
            raise ConfigError("There are no bits to sum; give those of one scale or more.")
        summed = self.accumulate(None, bits[0], 0, final_size)
        for scale, bits_k in enumerate(bits[1:], start=1):
            summed = self.accumulate(summed, bits_k, scale, final_size)
        return summed

    def next_input(self, summed: Tensor, size: Size) -> Tensor:
        """What the transformer is shown before a scale of this size: the sum so far, resized to [B, D, h, w]."""
        return resize(summed, size)

    @torch.no_grad()
    def encode(self, features: Tensor, sizes: Sequence[Size]) -> tuple[list[Tensor], Tensor]:
        """Features [B, D, H, W] to (bits uint8 [B, h, w, D] of each scale, their sum float32 [B, D, H, W])."""
        targets, _, quantized = self.encode_flipped(features, sizes, 0.0)
        return targets, quantized

    @torch.no_grad()
    def encode_flipped(
        self,
        features: Tensor,
        sizes: Sequence[Size],
        flip: float | Sequence[float] | Tensor,
        generator: torch.Generator | None = None,
    ) -> tuple[list[Tensor], list[Tensor], Tensor]:
        """Encode with random bit errors, which later scales correct (Infinity, "Bitwise Self-Correction").

        `flip` is the chance that a bit is inverted: one number, one per scale, or a tensor [K, B] or [K, 1].
        Returns (targets, fed, sum): both lists hold uint8 [B, h, w, D]. `targets` are the right bits given the errors
        made before; `fed` are those with errors, which the sum float32 [B, D, H, W] and the transformer's inputs are
        made of.
        """
        residual = features.float()
        chances = _chances(flip, len(sizes), residual)
        targets, fed = [], []
        quantized = torch.zeros_like(residual)
        for scale, (h, w) in enumerate(sizes):
            bits = codes_to_bits(shrink(residual, (h, w)))
            targets.append(bits)
            if chances is not None:
                draws = torch.rand(bits.shape, generator=generator, device=bits.device)
                bits = bits ^ (draws < chances[scale].view(-1, 1, 1, 1)).to(torch.uint8)
            fed.append(bits)
            added = resize(self.codes(bits, scale), _grid(residual))
            quantized, residual = quantized + added, residual - added
        return targets, fed, quantized

    def quantize_train(
        self, features: Tensor, sizes: Sequence[Size], drop_last: int = 0
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Quantise for training: (sum [B, D, H, W], commitment loss, bits of each scale used).

        The gradient passes straight through to the features, and to the gains where they learn. The loss is the mean
        over scales and positions of the squared distance |features - sum so far|^2 over the D channels. `drop_last`
        leaves out the finest scales, so that the decoder learns to show coarse sums.
        """
        if not 0 <= drop_last < len(sizes):
            raise ConfigError(f"drop_last is {drop_last}; with {len(sizes)} scales it must be 0 to {len(sizes) - 1}.")
        with torch.autocast(features.device.type, enabled=False):
            features = features.float()
            residual = features.detach()
            quantized = torch.zeros_like(features)
            commitment = features.new_zeros(())
            bits = []
            used = sizes[: len(sizes) - drop_last]
            for scale, (h, w) in enumerate(used):
                bits.append(codes_to_bits(shrink(residual, (h, w))))
                added = resize(self.codes(bits[-1], scale), _grid(features))
                quantized, residual = quantized + added, residual - added.detach()
                commitment = commitment + (features - quantized.detach()).square().sum(1).mean()
            # The added term is zero: it only carries the gradient.
            return quantized + (features - features.detach()), commitment / len(used), bits


def _grid(x: Tensor) -> Size:
    return x.shape[-2], x.shape[-1]


def _chances(flip: float | Sequence[float] | Tensor, scales: int, like: Tensor) -> Tensor | None:
    """Flip chances as [K, B or 1], None where no bit may flip (so that nothing is drawn)."""
    if isinstance(flip, float | int):
        if flip == 0:
            return None
        flip = [float(flip)] * scales
    chances = torch.as_tensor(flip, dtype=torch.float32, device=like.device)
    chances = chances[:, None] if chances.dim() == 1 else chances
    if chances.shape[0] != scales or chances.shape[1] not in (1, like.shape[0]):
        raise ConfigError(
            f"flip has shape {tuple(chances.shape)}; give one number, {scales} of them, or [{scales}, {like.shape[0]}]."
        )
    if not bool(((chances >= 0) & (chances <= 1)).all()):
        raise ConfigError(f"flip is {chances.flatten().tolist()[:8]}; chances lie between 0 and 1.")
    return chances
