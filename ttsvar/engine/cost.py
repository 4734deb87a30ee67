"""What a run takes, from shapes alone: floating-point operations by scale and component; no model is called for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ttsvar.config import STRATEGIES
from ttsvar.protocols import Backend, FeatureExtractor, Reward
from ttsvar.types import Component, Need, Run


@dataclass(frozen=True)
class CostModel:
    """Floating-point operations of every scale of a run, by component, for any number of candidates."""

    grow: tuple[float, ...]
    """Of one candidate at each scale, with its cache at hand."""
    looks: Mapping[Need, tuple[Component, float]]
    """Of one candidate, what seeing its image, its features and its score adds, and to which component."""
    needs: tuple[frozenset[Need], ...]
    """What the strategy looks at after each scale, where there is more than one candidate."""
    passes: tuple[int, ...] = ()
    """Where the strategy shares them, passes of the transformer at each scale as planned; one a candidate elsewhere."""

    ahead: tuple[float, ...] = ()
    """Where the reward decides by what is ahead, what drawing one candidate on takes, by scale; else nothing."""

    def step(self, scale: int, candidates: int) -> dict[Component, float]:
        """What `Engine.step` takes at a scale with so many candidates; the last one decodes what comes out of it."""
        needs = set(self.needs[scale]) if candidates > 1 else set[Need]()
        if needs or scale == len(self.grow) - 1:
            needs.add(Need.IMAGES)
        seen = {component: candidates * flops for need, (component, flops) in self.looks.items() if need in needs}
        passes = min(candidates, self.passes[scale]) if self.passes else candidates
        drawn_on = candidates * self.ahead[scale] if self.ahead and candidates > 1 else 0.0
        return {Component.TRANSFORMER: passes * self.grow[scale] + drawn_on, **seen}

    def steps(self, alive: Sequence[int]) -> tuple[dict[Component, float], ...]:
        """The whole run, `alive[k]` candidates being drawn at scale k."""
        return tuple(self.step(scale, count) for scale, count in enumerate(alive))

    @property
    def decode(self) -> float:
        """One image."""
        return self.looks[Need.IMAGES][1]

    @property
    def raw(self) -> float:
        """One image of the run without any search: every scale once, and one decode."""
        return sum(self.grow) + self.decode


def cost_model(
    run: Run, backend: Backend, extractors: Mapping[str, FeatureExtractor], rewards: Mapping[str, Reward]
) -> CostModel:
    """The cost of a run; an extractor or a reward that the search goes by is loaded for its shape where it is not."""
    rule = STRATEGIES[run.search.strategy]
    needs = tuple(frozenset(rule.needs(run, scale)) for scale in range(len(run.schedule)))
    asked = frozenset[Need]().union(*needs)
    looks = {Need.IMAGES: (Component.DECODE, backend.decode_flops(1))}
    if Need.FEATURES in asked and run.search.extractor in extractors:
        looks[Need.FEATURES] = (Component.FEATURES, extractors[run.search.extractor].flops(1))
    if Need.SCORES in asked and run.search.reward in rewards:
        looks[Need.SCORES] = (Component.REWARD, rewards[run.search.reward].flops(1))
    grow = tuple(backend.grow_flops(run, scale, 1) for scale in range(len(run.schedule)))
    passes = tuple(rule.passes(run, scale) for scale in range(len(grow))) if rule.shares_passes else ()
    ahead = tuple(sum(grow[k + 1 : k + 1 + rule.looks_ahead(run, k)]) for k in range(len(grow)))
    return CostModel(grow, looks, needs, passes, ahead if any(ahead) else ())
