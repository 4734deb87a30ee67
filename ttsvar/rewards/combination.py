"""Several judges as one, as the paper combines HPS and ImageReward (appendix, Table 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ttsvar.judges import JUDGES
from ttsvar.protocols import Reward
from ttsvar.weights.download import WeightFile


@dataclass(frozen=True)
class Combined:
    """A row of the judges that stands for others together."""

    parts: tuple[str, ...]
    title: str
    summary: str
    place: int = 100

    @property
    def files(self) -> tuple[WeightFile, ...]:
        """None of its own."""
        return ()


JUDGES.add(
    "hps+image-reward",
    Combined(
        ("hps", "image-reward"),
        "HPS + ImageReward",
        "a softmax of each over the candidates, averaged; the files of both",
        place=60,
    ),
)


class Combination:
    """Each part's scores go through a softmax over the candidates, and the parts are averaged.

    So a score depends on which candidates are compared: it ranks them, it is no grade of an image, and a lone candidate
    has 1. Parts are therefore scored (and remembered) per image, and combined over all candidates after that.
    """

    def __init__(self, parts: Sequence[Reward], *, name: str) -> None:
        self.parts, self.name = tuple(parts), name

    def combine(self, scores: Tensor) -> Tensor:
        """The parts' scores [P, B] of all candidates to float32 [B]; they sum to 1.

        A candidate that a part has no number for has no score (NaN), and the others are compared without it.
        """
        unscored = ~scores.isfinite().all(dim=0)
        shares = scores.float().masked_fill(unscored, -torch.inf).softmax(dim=1).mean(dim=0)
        return shares.masked_fill(unscored, torch.nan)

    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3], all candidates at once, and a prompt to float32 [B]."""
        return self.combine(torch.stack([part.score(images, prompt) for part in self.parts]))

    def flops(self, images: int) -> float:
        """Floating-point operations of all parts for this many images."""
        return sum(part.flops(images) for part in self.parts)
