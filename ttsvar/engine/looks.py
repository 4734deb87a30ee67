"""Looking without changing anything: at the candidates of a state, or at any pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, overload

import torch
from torch import Tensor

from ttsvar.engine.checks import checked_rows, clusters_at
from ttsvar.engine.cost import CostModel
from ttsvar.engine.executor import Executor, Models, computes
from ttsvar.engine.meter import CostMeter, Progress
from ttsvar.engine.observe import in_chunks, require_scores, score_in_chunks
from ttsvar.engine.states import only
from ttsvar.errors import ConfigError, StateError
from ttsvar.finite import require_finite
from ttsvar.knowledge import Knowledge
from ttsvar.protocols import TellsKnowledge
from ttsvar.search.explain import with_evidence
from ttsvar.types import (
    Component,
    Featured,
    Need,
    Observation,
    Pictured,
    Run,
    ScaleSchedule,
    Scored,
    SearchState,
    StepCost,
)


class Looks(ABC):
    """The looks of an engine, over the models that its executor holds."""

    name: str
    schedule: ScaleSchedule
    device: torch.device
    _executor: Executor

    @abstractmethod
    def cost(self, run: Run) -> CostModel:
        """What every scale of a run takes, from shapes."""

    @overload
    def observe(
        self,
        state: SearchState,
        *,
        features: Literal[True] = True,
        scores: Literal[True] = True,
        progress: Progress | None = None,
    ) -> tuple[Observation, StepCost]: ...
    @overload
    def observe(
        self,
        state: SearchState,
        *,
        features: Literal[False],
        scores: Literal[True] = True,
        progress: Progress | None = None,
    ) -> tuple[Scored, StepCost]: ...
    @overload
    def observe(
        self,
        state: SearchState,
        *,
        features: Literal[True] = True,
        scores: Literal[False],
        progress: Progress | None = None,
    ) -> tuple[Featured, StepCost]: ...
    @overload
    def observe(
        self, state: SearchState, *, features: bool, scores: bool, progress: Progress | None = None
    ) -> tuple[Pictured, StepCost]: ...
    @computes
    def observe(
        self, state: SearchState, *, features: bool = True, scores: bool = True, progress: Progress | None = None
    ) -> tuple[Pictured, StepCost]:
        """Look at every candidate of a state, without changing the search.

        Images always; labels and clustering input with features, probabilities with scores: what a decision here
        would go by. Nothing is written to the score history.
        """
        self._check(state)
        if state.scale == 0:
            raise StateError("Nothing is generated yet; step this state first.")
        asked = {Need.IMAGES: True, Need.FEATURES: features, Need.SCORES: scores}
        meter = CostMeter(self.device, progress)
        seen = self._models.observer.observe(state, {need for need, wanted in asked.items() if wanted}, meter)
        with meter.part(Component.SELECTION, items=len(state)):
            seen = with_evidence(state, seen, clusters_at(state))
        return seen, meter.cost()

    @computes
    def judge(self, state: SearchState, reward: str) -> tuple[Tensor, StepCost]:
        """Scores float32 [B] of a state's candidates by any reward by name, held out or not; the search stays as it is.

        Raises ConfigError for an unknown name, CheckpointError where a file of the judge is missing or broken.
        """
        self._check(state)
        if state.scale == 0:
            raise StateError("Nothing is generated yet; step this state first.")
        meter = CostMeter(self.device)
        return self._models.observer.judge(state, reward, meter), meter.cost()

    @computes
    def knowledge(self, state: SearchState, index: int) -> tuple[Knowledge, StepCost]:
        """What the model itself knows of a candidate: where it answers to the prompt, and where it was unsure.

        The candidate is drawn over from its bits, for the prompt and for nothing. ConfigError where the model's family
        does not tell, SelectionError where there is no such candidate.
        """
        self._check(state)
        if state.scale == 0:
            raise StateError("Nothing is generated yet; step this state first.")
        backend, meter = self._models.backend, CostMeter(self.device)
        if not isinstance(backend, TellsKnowledge):
            raise ConfigError(f"{self.name} does not tell what it knows of its pictures.")
        one = only(state, checked_rows((index,), len(state))[0])
        flops = backend.knowledge_flops(state.run, state.scale)
        with meter.part(Component.TRANSFORMER, flops=flops, items=1):
            known = backend.knowledge(state.run, one.bits)
        return known, meter.cost()

    @computes
    def image_features(self, extractor: str, images: Tensor) -> Tensor:
        """What an extractor, by its name in `extractors`, sees in any images uint8 [B, H, W, 3]: float32 [B, L, C]."""
        models = self._models
        seen = in_chunks(models.observer.extractor(extractor).extract, images, models.backend.chunk).float()
        return require_finite(seen, f"Features of the extractor {extractor}")

    @computes
    def image_scores(self, reward: str, images: Tensor, prompt: str) -> Tensor:
        """What a reward, by its name in `rewards`, gives any images uint8 [B, H, W, 3] for a prompt: float32 [B]."""
        models = self._models
        scores = score_in_chunks(models.observer.reward(reward), images, prompt, models.backend.chunk)
        return require_scores(scores, reward)

    @property
    def _models(self) -> Models:
        return self._executor.models

    def _check(self, state: SearchState) -> None:
        if state.run.model != self.name or state.run.schedule != self.schedule:
            raise StateError(
                f"This state was made with {state.run.model!r} ({len(state.run.schedule)} scales); this engine runs "
                f"{self.name!r} ({len(self.schedule)} scales). Load that model to go on with it."
            )
