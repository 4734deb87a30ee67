"""Where an engine computes: in this process, or on a GPU that is lent for the seconds of one call.

A verb of the engine that touches a model is marked with `computes`. Its executor then decides where it runs, and gives
the models to nothing else: a verb without the mark cannot reach them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from math import ceil
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import torch

from ttsvar.engine.cost import CostModel
from ttsvar.engine.observe import Observer
from ttsvar.fair import FairLock
from ttsvar.protocols import Backend
from ttsvar.types import Run, SearchState, StepResult

if TYPE_CHECKING:
    from ttsvar.engine.loop import Engine

OPERATIONS_A_SECOND = 2e13
"""What a lent call counts on: a tenth of what the GPU can do in bfloat16, as coarse scales leave it idle."""
SETUP_SECONDS = 5
"""Moving the weights to the GPU, and a prompt's text."""
MOST_SECONDS = 120

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Models:
    """What computes: the model family, and the observer with its decoder, extractors and rewards."""

    backend: Backend
    observer: Observer


class Computing(Protocol):
    """What an executor asks of an engine."""

    _executor: Executor

    def cost(self, run: Run) -> CostModel:
        """The cost of a run, from shapes."""
        ...


E = TypeVar("E", bound=Computing)


def computes(verb: Callable[Concatenate[E, P], T]) -> Callable[Concatenate[E, P], T]:
    """Mark a method of an engine that touches a model: its executor says where it runs."""

    @wraps(verb)
    def call(engine: E, /, *arguments: P.args, **settings: P.kwargs) -> T:
        return engine._executor.call(engine, verb, arguments, settings)  # pyright: ignore[reportPrivateUsage]

    return call


def copies(verb: Callable[Concatenate[E, P], T]) -> Callable[Concatenate[E, P], T]:
    """Mark a method that only copies what a state holds, though a model says how: it waits for nobody's computing."""

    @wraps(verb)
    def call(engine: E, /, *arguments: P.args, **settings: P.kwargs) -> T:
        return engine._executor.beside(engine, verb, arguments, settings)  # pyright: ignore[reportPrivateUsage]

    return call


Lend = Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]
"""`spaces.GPU`, or one like it: called with a duration it gives the decorator of what runs on the lent GPU."""


class Executor:
    """Runs what computes in this process, one chunk of one call at a time and without gradients."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._lock = FairLock()
        self._thread = threading.local()

    def holding(self) -> Models:
        """The models, for another executor that takes them over."""
        return self._models

    @property
    def models(self) -> Models:
        """The models, inside a call; raises RuntimeError elsewhere."""
        if not self._inside:
            raise RuntimeError("A method that touches a model runs through the executor; mark it with @computes.")
        return self._models

    def call(self, engine: Any, verb: Callable[..., T], arguments: tuple[Any, ...], settings: dict[str, Any]) -> T:
        """What a marked method returns; inside another call it runs as it is."""
        if self._inside:
            return verb(engine, *arguments, **settings)
        with self._entered():
            return verb(engine, *arguments, **settings)

    def beside(self, engine: Any, verb: Callable[..., T], arguments: tuple[Any, ...], settings: dict[str, Any]) -> T:
        """What a method returns that only copies: at once, whoever computes."""
        with self._within():
            return verb(engine, *arguments, **settings)

    @property
    def sharing(self) -> int:
        """How many calls wait while another one computes."""
        return self._lock.waiting

    @property
    def busy(self) -> bool:
        """Whether any call computes or waits."""
        return self._lock.busy

    @property
    def _inside(self) -> bool:
        return getattr(self._thread, "inside", False)

    @contextmanager
    def _entered(self) -> Generator[None]:
        with self._lock.turn(), self._within():
            yield

    @contextmanager
    def _within(self) -> Generator[None]:
        before, self._thread.inside = self._inside, True
        try:
            with torch.inference_mode():
                yield
        finally:
            self._thread.inside = before


class LeasedExecutor(Executor):
    """Runs every call on a GPU that is lent for it, as Hugging Face's ZeroGPU does.

    `gpu` is the decorator `spaces.GPU` or one like it. Such a call runs in a process of its own: what goes in and comes
    out is copied, and nothing that it holds on the GPU lasts. So states travel as bits and ids, without their KV cache,
    which the next call rebuilds from the bits; pictures, features and scores come back as tensors on the CPU; nobody is
    told of progress. The weights lie in the process that calls, on the device that `spaces` stands in for.
    """

    def __init__(self, models: Models, engine: Computing, gpu: Lend) -> None:
        super().__init__(models)

        def seconds(name: str, *arguments: Any, **_: Any) -> int:
            return lease_seconds(engine, name, arguments)

        @gpu(duration=seconds)
        def lease(name: str, *arguments: Any, **settings: Any) -> Any:
            with self._entered():
                return without_cache(getattr(engine, name)(*arguments, **settings))

        self._lease = lease

    def call(self, engine: Any, verb: Callable[..., T], arguments: tuple[Any, ...], settings: dict[str, Any]) -> T:
        """What a marked method returns, without caches."""
        if self._inside:
            return verb(engine, *arguments, **settings)
        told = {name: without_cache(value) for name, value in settings.items() if name != "progress"}
        return self._lease(verb.__name__, *map(without_cache, arguments), **told)


def lease_seconds(engine: Computing, name: str, arguments: tuple[Any, ...]) -> int:
    """What a call declares, from shapes alone: for a step, the scales so far and the next one for all who live."""
    state = arguments[0] if arguments and isinstance(arguments[0], SearchState) else None
    if state is None:
        return SETUP_SECONDS
    cost = engine.cost(state.run)
    grown = sum(cost.grow[: state.scale + 1]) if name == "step" else 0.0
    operations = len(state) * (grown + cost.decode)
    return min(MOST_SECONDS, SETUP_SECONDS + ceil(operations / OPERATIONS_A_SECOND))


def without_cache(value: Any) -> Any:
    """A state, or a result's grown state, without its KV cache; anything else as it is."""
    if isinstance(value, SearchState):
        return replace(value, kv=None)
    if isinstance(value, StepResult):
        return replace(value, grown=replace(value.grown, kv=None))
    return value


def on_zerogpu(engine: Engine) -> Engine:
    """The engine as it runs on ZeroGPU where the `spaces` package is there, else the engine itself."""
    try:
        import spaces  # type: ignore[import-not-found]
    except ImportError:
        return engine
    return engine.leasing(cast(Any, spaces).GPU)
