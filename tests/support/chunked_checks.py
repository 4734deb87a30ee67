"""What the tests of every chunked family share: an engine on its backend, and one candidate's own numbers."""

from __future__ import annotations

from typing import Any

from engine_fakes import FakeExtractor, FakeReward
from torch import Tensor

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.storage.png import sign
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
