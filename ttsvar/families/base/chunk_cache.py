"""The KV cache of candidates that are processed chunk by chunk, and who has which place in it.

Letters: G candidates of a chunk, C channels of a code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ttsvar.nn.kv_cache import CacheView
from ttsvar.types import Run


@dataclass(frozen=True, eq=False)
class ChunkCache:
    """Keys, values and summed codes of the candidates after some scales, padded to whole chunks."""

    run: Run
    candidates: int
    scale: int
    """Scales in the cache."""
    view: CacheView
    summed: Tensor | None
    """float32 [chunks * G, C, H, W]; None before the first scale."""
    slots: tuple[int, ...] | None = None
    """Whose rows of the view each candidate has, where several share a pass; None where each has its own."""


def chunk_slice(number: int, chunk: int) -> slice:
    """Where the candidates of a chunk are among all."""
    return slice(number * chunk, (number + 1) * chunk)


def padded(count: int, chunk: int) -> list[int]:
    """Indices 0 to count - 1, the last one repeated to fill whole chunks."""
    return [min(i, count - 1) for i in range(-(-count // chunk) * chunk)]


def spread(passes: Sequence[Tensor], slots: Sequence[int]) -> Iterator[Tensor]:
    """Chunks [halves * G, ...] of candidates out of chunks [halves, G, ...] of passes; `slots` says whose is which."""
    rows, chunk = torch.cat(list(passes), dim=1), passes[0].shape[1]
    picks = [slots[i] for i in padded(len(slots), chunk)]
    for start in range(0, len(picks), chunk):
        yield rows[:, picks[start : start + chunk]].flatten(0, 1)
