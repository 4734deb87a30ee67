"""What the tests of every chunked family share: an engine on its backend, and one candidate's own numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from engine_fakes import FakeExtractor, FakeReward
from torch import Tensor

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.storage.png import sign
from ttsvar.turns import kept_cells
from ttsvar.types import SearchState


def engine_on(backend: Any) -> Engine:
    extractor = FakeExtractor()

    def shrunk(images: Tensor) -> Tensor:
        step = images.shape[1] // 8
        return FakeExtractor.extract(extractor, images[:, ::step, ::step])

    extractor.extract = shrunk  # type: ignore[method-assign]
    return Engine(backend, {"pca": extractor}, {"image-reward": FakeReward()}, sign=sign)


def raw(n: int, **changes: object) -> SearchConfig:
    return SearchConfig(strategy="raw", n=n, **changes)  # type: ignore[arg-type]


def own_numbers(backend: Any, state: SearchState, candidate: int) -> tuple[Tensor, Tensor]:
    """Keys and values of one candidate's rows, and its summed codes."""
    cache = state.kv
    rows = backend._rows(cache, [candidate])
    view = cache.view
    return view.cache.buffer[:, :, rows, :, : view.length], cache.summed[candidate]


def check_ways_back(backend: Any, prompt: str, scales: int = 5) -> None:
    """Kept cells stay, a child's numbers are its own, and a cache that was cut is the one that the bits give."""
    engine = engine_on(backend)
    state = engine.begin(prompt, search=raw(3, tau=8.0, top_p=1.0), seed=4)
    for _ in range(scales):
        state = engine.commit(engine.step(state))
    left, changed = torch.arange(8)[None, :].repeat(8, 1) < 4, 0
    for first in (0, 2, scales - 1):
        turned = engine.redraw(state, 1, left, from_scale=first, copies=3)
        restored = replace(turned, kv=None)
        rebuilt = replace(turned, kv=backend._cache(restored))
        for row in range(3 if first else 0):
            for one, two in zip(own_numbers(backend, turned, row), own_numbers(backend, rebuilt, row), strict=True):
                assert torch.equal(one, two)
        alone = engine.redraw(state, 1, left, from_scale=first, copies=1)
        while turned.scale < scales:
            turned, alone, restored = (engine.commit(engine.step(s)) for s in (turned, alone, restored))
        for scale, (old, new) in enumerate(zip(state.bits, turned.bits, strict=True)):
            stays = kept_cells(left, *old.shape[1:3]) | torch.tensor(scale < first)
            assert bool((new == old[1])[:, stays].all())
            assert torch.equal(new, restored.bits[scale])
            assert torch.equal(new[:1], alone.bits[scale])
        changed += sum(int((new != old[1]).sum()) for old, new in zip(state.bits, turned.bits, strict=True))
    assert changed, "something was drawn anew"
