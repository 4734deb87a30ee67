"""A family that tells what its transformer knows of a picture: its bits are replayed beside the unconditional half."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

import torch
from torch import Tensor

from ttsvar.fair import give_way
from ttsvar.families.base.chunk_cache import padded
from ttsvar.families.base.chunked import ChunkedBackend
from ttsvar.finite import require_finite
from ttsvar.knowledge import Knowledge, told_by
from ttsvar.types import Run

GUIDED = 2.0
"""Guidance of a run that has none, so that there is an unconditional half; the raw logits do not depend on it."""


class TellingBackend(ChunkedBackend):
    """A chunked family whose halves are the model for the prompt and the model for nothing."""

    @abstractmethod
    def _parts(self, logits: Tensor, bits: Tensor, scale: int) -> tuple[Tensor, Tensor]:
        """One candidate's logits of a half as [L, D, V], and its bits uint8 [h, w, D] as what each part was, [L, D]."""

    def knowledge(self, run: Run, bits: tuple[Tensor, ...]) -> Knowledge:
        """What the model knows of one candidate with these bits, uint8 [1, h, w, D] a scale."""
        guided, chunk = self._with_halves(run), self.chunk_of(run)
        cache, lift, entropy = self._empty(guided, 1), list[Tensor](), list[Tensor]()
        for scale, part in enumerate(bits):
            give_way()
            view = self._room(cache).grow(self.schedule.tokens(scale))
            logits = self._chunk_logits(cache, view, 0)
            require_finite(logits, "Logits of the transformer", scale, dtype=view.cache.buffer.dtype)
            (mine, drawn), (other, _) = (self._parts(half[0].cpu(), part[0], scale) for half in logits.split(chunk))
            for kept, values in zip((lift, entropy), told_by(mine, other, drawn), strict=True):
                kept.append(values.unflatten(0, self.schedule.sizes[scale]))
            cache = self._with_codes(cache, view, part[torch.tensor(padded(1, chunk))])
        return Knowledge(tuple(lift), tuple(entropy))

    def knowledge_flops(self, run: Run, scales: int) -> float:
        """Floating-point operations of that, for so many scales."""
        return sum(self.grow_flops(self._with_halves(run), scale, 1) for scale in range(scales))

    def _with_halves(self, run: Run) -> Run:
        return run if self._guided(run) else replace(run, search=replace(run.search, cfg=GUIDED))
