"""The control for clustering: TTS-VAR's schedule, with chance in place of k-means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.search.rules import by_chance
from ttsvar.search.tts_var import TTSVar
from ttsvar.strategy import NOTHING, SCORES, register
from ttsvar.types import Candidates, Need, Proposal, Run, SearchState


@register
@dataclass(frozen=True)
class RandomDrop(TTSVar):
    """As many candidates as TTS-VAR has at every scale; what it does better than this is what clustering adds."""

    name: str = "random-drop"
    title: str = "Random drop (control)"
    line: str = "TTS-VAR with chance in place of clustering, to see what clustering adds."
    summary: str = (
        "Drops candidates by chance at the coarse scales, as many as clustering would. "
        "At the fine scales it draws by reward, as TTS-VAR does."
    )
    color: str = "#5B6679"
    place: int = 65

    def decision(self, scale: int, cluster_scales: Sequence[int], resample_scales: Sequence[int]) -> Decision | None:
        """A selection where TTS-VAR clusters."""
        decided = super().decision(scale, cluster_scales, resample_scales)
        return Decision.SELECT if decided is Decision.CLUSTER else decided

    def needs(self, run: Run, scale: int) -> frozenset[Need]:
        """Nothing where chance decides, but for the search's `score_scales`."""
        if run.search.decision(scale) is Decision.SELECT:
            return SCORES if scale in (run.search.score_scales or ()) else NOTHING
        return super().needs(run, scale)

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """Choose by chance where TTS-VAR clusters, and as it does elsewhere."""
        if grown.run.search.decision(grown.scale - 1) is Decision.SELECT:
            return by_chance(grown, seen, keep, rng)
        return super().propose(grown, seen, keep, rng)
