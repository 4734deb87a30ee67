"""The engine on Hugging Face's ZeroGPU, which lends a GPU for the seconds of one function call.

Such a call runs in a process of its own: what goes in and comes out is copied, and nothing that it holds on the GPU
lasts. So states travel as bits and ids, without their KV cache, which the next call rebuilds from the bits; pictures,
features and scores come back as tensors on the CPU. The weights lie in the process that calls, on the device that the
`spaces` package stands in for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Any

from PIL import Image
from torch import Tensor

from ttsvar.config import SearchConfig
from ttsvar.engine.cost import Progress
from ttsvar.engine.loop import Engine
from ttsvar.types import Component, Pictured, Run, SearchState, Selection, StepCost, StepResult

OPERATIONS_A_SECOND = 2e13
"""What a call counts on: a tenth of what the lent GPU can do in bfloat16, as coarse scales leave it idle."""
SETUP_SECONDS = 5
"""Moving the weights to the GPU, and a prompt's text."""
MOST_SECONDS = 120


class ZeroGPUEngine(Engine):
    """An engine whose work on the GPU is done by calls of `gpu`, the decorator `spaces.GPU` or one like it."""

    def __init__(self, engine: Engine, gpu: Callable[..., Callable]) -> None:
        # The same backend, parts and name, so that everything that needs no GPU is the engine's own.
        self.__dict__.update(engine.__dict__)
        self._engine = engine

        def seconds(name: str, *arguments: Any, **_: Any) -> int:
            return self._seconds(name, arguments)

        @gpu(duration=seconds)
        def call(name: str, *arguments: Any, **settings: Any) -> Any:
            return without_cache(getattr(engine, name)(*arguments, **settings))

        self._call = call

    def begin(self, prompt: str, *, search: SearchConfig | None = None, seed: int = 0) -> SearchState:
        """As `Engine.begin`."""
        return self._call("begin", prompt, search=search, seed=seed)

    def step(self, state: SearchState, *, progress: Progress | None = None) -> StepResult:
        """As `Engine.step`; the cache is rebuilt from the bits, and the other process tells of no progress."""
        return self._call("step", without_cache(state))

    def observe(
        self, state: SearchState, *, features: bool = True, scores: bool = True, progress: Progress | None = None
    ) -> tuple[Pictured, StepCost]:
        """As `Engine.observe`, without progress."""
        return self._call("observe", without_cache(state), features=features, scores=scores)

    def judge(self, state: SearchState, reward: str) -> tuple[Tensor, StepCost]:
        """As `Engine.judge`."""
        return self._call("judge", without_cache(state), reward)

    def image_features(self, extractor: str, images: Tensor) -> Tensor:
        """As `Engine.image_features`."""
        return self._call("image_features", extractor, images)

    def image_scores(self, reward: str, images: Tensor, prompt: str) -> Tensor:
        """As `Engine.image_scores`."""
        return self._call("image_scores", reward, images, prompt)

    def commit(self, result: StepResult, selection: Selection | None = None) -> SearchState:
        """As `Engine.commit`, which without a cache needs no GPU."""
        return self._engine.commit(without_cache(result), selection)

    def best_index(self, state: SearchState) -> int:
        """As `Engine.best_index`."""
        return self._call("best_index", without_cache(state))

    def best(self, state: SearchState, *, recipe: bool = True) -> Image.Image:
        """As `Engine.best`."""
        return self._call("best", without_cache(state), recipe=recipe)

    def raw_flops(self, run: Run) -> float:
        """As `Engine.raw_flops`, which asks how many tokens the prompt has."""
        return self._call("raw_flops", run)

    def price(self, run: Run, scale: int, candidates: int) -> dict[Component, float]:
        """As `Engine.price`."""
        return self._call("price", run, scale, candidates)

    def _seconds(self, name: str, arguments: tuple[Any, ...]) -> int:
        """What a call declares, from shapes alone: for a step, the scales so far and the next one for all who live."""
        state = arguments[0] if arguments and isinstance(arguments[0], SearchState) else None
        if state is None:
            return SETUP_SECONDS
        last = state.scale + 1 if name == "step" else 0
        tokens = sum(state.run.schedule.tokens(k) for k in range(min(last, len(state.run.schedule))))
        operations = len(state) * (4 * self.parameters * tokens + self.backend.decode_flops(1))
        return min(MOST_SECONDS, SETUP_SECONDS + ceil(operations / OPERATIONS_A_SECOND))

    @property
    def parameters(self) -> int:
        """Of the transformer; a guided token costs about four operations of each."""
        transformer = getattr(self.backend, "transformer", None)
        return sum(p.numel() for p in transformer.parameters()) if transformer is not None else 0


def without_cache(value: Any) -> Any:
    """A state, or a result's grown state, without its KV cache; anything else as it is."""
    if isinstance(value, SearchState):
        return replace(value, kv=None)
    if isinstance(value, StepResult):
        return replace(value, grown=replace(value.grown, kv=None))
    return value


def on_zerogpu(engine: Engine) -> Engine:
    """The engine for ZeroGPU where the `spaces` package is there, else the engine itself."""
    try:
        import spaces  # type: ignore[import-not-found]
    except ImportError:
        return engine
    return ZeroGPUEngine(engine, spaces.GPU)
