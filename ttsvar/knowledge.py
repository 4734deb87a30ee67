"""What a model itself knows of a picture that it drew: where it answers to its prompt, and where it was unsure.

Letters: h x w tokens of a scale, L tokens, D parts of a token (its bits, or one), V values of a part.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Of one candidate, scale by scale, float32 [h, w] in nats."""

    lift: tuple[Tensor, ...]
    """log p(bits | prompt) - log p(bits | nothing): above 0 where what was drawn is likelier for the prompt."""
    entropy: tuple[Tensor, ...]
    """Of the chances of each token for the prompt: how open it was."""

    @property
    def total(self) -> float:
        """log p(picture | prompt) - log p(picture | nothing)."""
        return float(sum(part.double().sum() for part in self.lift))

    def heat(self) -> Tensor:
        """The lift of all scales over the finest grid, float32 [h, w]: each token's is shared out over its cells."""
        h, w = self.lift[-1].shape
        heat = torch.zeros(h, w)
        for part in self.lift:
            wide = torch.nn.functional.interpolate(part[None, None], (h, w), mode="nearest-exact")[0, 0]
            heat += wide * (part.numel() / (h * w))
        return heat


def told_by(conditional: Tensor, unconditional: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Lift and entropy float32 [L] from logits [L, D, V] for the prompt and for nothing, and what was drawn, [L, D]."""
    index = drawn.long()[..., None]
    mine, other = conditional.float().log_softmax(-1), unconditional.float().log_softmax(-1)
    lift = (mine.gather(-1, index) - other.gather(-1, index)).sum((-1, -2))
    return lift, -(mine.exp() * mine).sum((-1, -2))
