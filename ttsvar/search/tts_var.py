"""TTS-VAR (paper, Algorithm 1): cluster after some scales, resample after others, judge the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.config import SearchConfig
from ttsvar.schedule import plan_for, planned_batch
from ttsvar.search.rules import all_go_on, by_cluster, by_draw
from ttsvar.strategy import Strategy, register
from ttsvar.types import Candidates, Featured, Proposal, Scored, SearchState


@register
@dataclass(frozen=True)
class TTSVar(Strategy):
    """Clustering keeps layouts apart while scales are coarse; resampling follows the reward when they are fine."""

    name: str = "tts-var"
    title: str = "TTS-VAR (paper)"
    line: str = "Keeps one of each layout at coarse scales, then draws by reward at fine ones."
    summary: str = (
        "Starts with many candidates and keeps one of each layout at the coarse scales. "
        "At the fine scales it draws by reward."
    )
    color: str = "#4650DD"
    place: int = 40
    clusters: bool = True
    late_decision: Decision | None = Decision.RESAMPLE

    def default_batch(self, search: SearchConfig, decisions: Sequence[Decision | None]) -> tuple[int, ...]:
        """The plan's, which falls at each decision."""
        return planned_batch(plan_for(len(decisions), self.name), decisions)

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """Choose by cluster or by draw; without a decision, or without a choice, all go on."""
        decision = grown.run.search.decision(grown.scale - 1)
        if decision is Decision.CLUSTER and isinstance(seen, Featured):
            return by_cluster(grown, seen, keep)
        if decision is Decision.RESAMPLE and isinstance(seen, Scored):
            return by_draw(grown, seen, keep, rng)
        return all_go_on(grown, seen)
