"""What teacher forcing needs, for any schedule: inputs and loss weights."""

from __future__ import annotations

import torch
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.bsq import Size
from ttsvar.families.infinity.transformer import flatten_codes


def teacher_inputs(tokenizer: BSQAutoencoder, fed: list[Tensor], sizes: tuple[Size, ...]) -> Tensor:
    """Bits fed at the first scales, coarse to fine, to the transformer's inputs of all but the first, [B, L - 1, D].

    `sizes` is the whole schedule: sums are made on its last grid.
    """
    summed, inputs = None, []
    for scale, bits in enumerate(fed[:-1]):
        summed = tokenizer.quantizer.accumulate(summed, bits, scale, sizes[-1])
        inputs.append(tokenizer.quantizer.next_input(summed, sizes[scale + 1]))
    return flatten_codes(inputs)


def scale_weights(sizes: tuple[Size, ...]) -> Tensor:
    """Loss weight of every token of these scales, [L]: tokens^-0.5 of its scale, normalised to sum to 1."""
    counts = torch.tensor([h * w for h, w in sizes], dtype=torch.float32)
    weights = counts.pow(-0.5).repeat_interleave(counts.long())
    return weights / weights.sum()
