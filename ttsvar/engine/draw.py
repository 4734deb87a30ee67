"""One scale drawn, with what stays in its place; and some more of them for a look alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ttsvar.engine.meter import CostMeter
from ttsvar.protocols import Backend
from ttsvar.types import Component, SearchState


def drawn_scale(backend: Backend, state: SearchState) -> tuple[Tensor, Any]:
    """A state's next bits uint8 [B, h, w, D], what stays in its place; and the grown cache.

    Where the backend left out what stays, its cache has to be rebuilt, and None is given.
    """
    bits, kv = backend.grow(state)
    if state.ahead is None:
        return bits, kv
    whole = state.ahead.over(bits, state.scale)
    return (bits, kv) if torch.equal(whole, bits) else (whole, None)


def drawn_on(
    backend: Backend, grown: SearchState, scales: int, flops: Sequence[float], meter: CostMeter
) -> SearchState:
    """A grown state with so many more scales, every bit at its likeliest: for looking at, no state of the search.

    `flops` are what one candidate takes at each scale.
    """
    if not scales:
        return grown
    # As plain sampling: all have gone apart, whatever the strategy shares.
    likeliest = replace(grown.run, search=replace(grown.run.search, strategy="raw", top_k=1))
    ahead, cost = replace(grown, run=likeliest), len(grown) * sum(flops[grown.scale : grown.scale + scales])
    with meter.part(Component.TRANSFORMER, flops=cost, items=len(grown)):
        for _ in range(scales):
            bits, kv = drawn_scale(backend, ahead)
            ahead = replace(ahead, bits=(*ahead.bits, bits), scale=ahead.scale + 1, kv=kv)
    return replace(ahead, kv=None)
