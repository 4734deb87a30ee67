"""TTS-VAR with the reward in place of the last clustering: the best by potential live on, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.search.rules import by_reward
from ttsvar.search.tts_var import TTSVar
from ttsvar.strategy import register
from ttsvar.types import Candidates, Proposal, Scored, SearchState


@register
@dataclass(frozen=True)
class RewardDrop(TTSVar):
    """Worth it where the reward can tell the end as early as the last clustering scale (scale 5 of 13)."""

    name: str = "reward-drop"
    title: str = "Reward drop"
    line: str = "TTS-VAR that drops the lowest rewards where it would cluster for the last time."
    summary: str = (
        "Keeps one of each layout at the first coarse scale, and the highest rewards at the next. "
        "At the fine scales it draws by reward."
    )
    color: str = "#8A6D00"
    place: int = 66

    def decision(self, scale: int, cluster_scales: Sequence[int], resample_scales: Sequence[int]) -> Decision | None:
        """A selection at the last of the scales where TTS-VAR clusters."""
        decided = super().decision(scale, cluster_scales, resample_scales)
        return Decision.SELECT if decided is Decision.CLUSTER and scale == max(cluster_scales) else decided

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """The best by potential at the last clustering scale, and as TTS-VAR elsewhere."""
        if grown.run.search.decision(grown.scale - 1) is Decision.SELECT and isinstance(seen, Scored):
            return by_reward(grown, seen, keep)
        return super().propose(grown, seen, keep, rng)
