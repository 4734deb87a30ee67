"""Ways back: which candidates are drawn again, from which scale, and what of them stays.

Letters: h x w cells of a scale's grid, D bits a cell, B candidates.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ttsvar.arrays import tensor_of


@dataclass(frozen=True)
class Cells:
    """Some cells of a grid h x w: those that are kept."""

    h: int
    w: int
    packed: bytes
    """One bit a cell, row by row, 8 to a byte."""

    @classmethod
    def of(cls, kept: Tensor) -> Cells:
        """From bool [h, w]."""
        h, w = kept.shape
        return cls(h, w, np.packbits(kept.cpu().numpy()).tobytes())

    def mask(self) -> Tensor:
        """bool [h, w]."""
        flat = np.unpackbits(np.frombuffer(self.packed, np.uint8), count=self.h * self.w)
        return tensor_of(flat.reshape(self.h, self.w).astype(bool))


@dataclass(frozen=True)
class Turn:
    """One way back: children of some candidates of a state, at an earlier scale and under new ids."""

    at: int
    """Scales that the state had, which was turned back from."""
    first: int
    """The scale that is drawn again first; the children have as many scales."""
    rows: tuple[int, ...]
    """Whose child each one is, as ascending indices into that state."""
    source: int | None = None
    """The candidate whose bits stay where `keep` says so; None where nothing stays."""
    keep: tuple[Cells, ...] = ()
    """Of every scale from `first` to `at - 1`, the cells that stay."""
    whole: tuple[int, ...] = ()
    """Places among the children of those that repeat all of their own candidate's bits, in ascending order."""


@dataclass(frozen=True)
class Account:
    """What a run has taken so far and may take in all, in floating-point operations and in seconds."""

    spent: float
    limit: float
    step: Callable[[int, int], float]
    """What a scale takes for so many candidates, looks included."""
    seconds: float = 0.0
    """Measured so far."""
    seconds_limit: float = math.inf

    def affords(self, first: int, at: int, drawn: int, kept: int, scales: int) -> bool:
        """Whether there is enough for `drawn` candidates over the scales from `first` below `at`, and then `kept`.

        The seconds that it would take are as many an operation as before.
        """
        back = sum(self.step(scale, drawn) for scale in range(first, at))
        needed = back + sum(self.step(scale, kept) for scale in range(at, scales))
        seconds = self.seconds * (1 + needed / self.spent) if self.spent else 0.0
        return self.spent + needed <= self.limit and seconds <= self.seconds_limit


Move = tuple[int, ...] | Turn
"""A step of the way to a state: who lived on after a scale, or a way back."""


@dataclass(frozen=True)
class Ahead:
    """What is settled, after a way back, about the scales up to where it was turned."""

    decided: int
    """Below this scale everybody goes on: what was decided there was decided before."""
    first: int
    bits: tuple[Tensor, ...] = ()
    """Of every scale from `first` on, uint8 [B, h, w, D]: what stays."""
    kept: tuple[Tensor, ...] = ()
    """Of the same scales, bool [B, h, w]: where it stays."""

    @property
    def end(self) -> int:
        """The scale from which on nothing is settled."""
        return max(self.decided, self.first + len(self.bits))

    def over(self, drawn: Tensor, scale: int) -> Tensor:
        """A scale's bits uint8 [B, h, w, D], or more that fill a chunk, with those that stay in their places."""
        k = scale - self.first
        if not 0 <= k < len(self.bits):
            return drawn
        kept, bits = self.kept[k], self.bits[k]
        over = torch.where(kept[..., None], bits, drawn[: len(bits)])
        return torch.cat([over, over[-1:].expand(len(drawn) - len(over), *over.shape[1:])])

    def of(self, rows: Tensor) -> Ahead:
        """The same for some of the candidates, int64 [B]."""
        return replace(self, bits=tuple(b[rows] for b in self.bits), kept=tuple(k[rows] for k in self.kept))


def kept_cells(keep: Tensor, h: int, w: int) -> Tensor:
    """Cells bool [h, w] of which more than half lies where `keep`, bool [H, W] over the same picture, is True.

    In whole numbers, so that it comes out equal on every machine.
    """
    down, across = _overlaps(h, keep.shape[0]), _overlaps(w, keep.shape[1])
    shares = down @ keep.to(torch.int64) @ across.T
    return 2 * shares > keep.shape[0] * keep.shape[1]


def _overlaps(cells: int, pixels: int) -> Tensor:
    """int64 [cells, pixels]: how far each cell reaches over each pixel, in parts of 1 / (cells * pixels)."""
    cell, pixel = torch.arange(cells)[:, None], torch.arange(pixels)[None, :]
    begin = torch.maximum(cell * pixels, pixel * cells)
    end = torch.minimum((cell + 1) * pixels, (pixel + 1) * cells)
    return (end - begin).clamp(min=0)
