"""What the page, replay and evaluation use of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, overload

from numpy.typing import ArrayLike
from PIL import Image

from ttsvar.config import ResolvedSearch, SearchConfig
from ttsvar.engine.cost import CostModel
from ttsvar.engine.meter import Progress
from ttsvar.knowledge import Knowledge
from ttsvar.protocols import PromptBook
from ttsvar.turns import Turn
from ttsvar.types import Observation, Run, ScaleSchedule, Scored, SearchState, Selection, StepCost, StepResult


class SearchEngine(Protocol):
    """`ttsvar.engine.loop.Engine`, as far as those who are handed one know it; see there what each member does."""

    name: str
    schedule: ScaleSchedule
    prompts: PromptBook
    weights: str

    @property
    def device(self) -> object: ...

    @property
    def extractors(self) -> tuple[str, ...]: ...

    @property
    def rewards(self) -> tuple[str, ...]: ...

    @property
    def sharing(self) -> int: ...

    @property
    def busy(self) -> bool: ...

    def resolve(self, search: SearchConfig) -> ResolvedSearch: ...

    def begin(self, prompt: str, *, search: SearchConfig | None = None, seed: int = 0) -> SearchState: ...

    def step(self, state: SearchState, *, progress: Progress | None = None) -> StepResult: ...

    @overload
    def observe(self, state: SearchState, *, progress: Progress | None = None) -> tuple[Observation, StepCost]: ...
    @overload
    def observe(
        self, state: SearchState, *, features: Literal[False], progress: Progress | None = None
    ) -> tuple[Scored, StepCost]: ...

    def knowledge(self, state: SearchState, index: int) -> tuple[Knowledge, StepCost]: ...

    def commit(self, result: StepResult, selection: Selection | None = None) -> SearchState: ...

    def redraw(
        self, state: SearchState, index: int, keep: ArrayLike, *, from_scale: int, copies: int = 4
    ) -> SearchState: ...

    def again(self, result: StepResult, indices: Sequence[int] | None = None) -> SearchState: ...

    def cross(self, state: SearchState, coarse: int, fine: int, *, scale: int) -> SearchState: ...

    def turn(self, state: SearchState, turn: Turn) -> SearchState: ...

    def cost(self, run: Run) -> CostModel: ...

    def best_index(self, state: SearchState) -> int: ...

    def best(self, state: SearchState, *, recipe: bool = True) -> Image.Image: ...
