"""Strategies that decide nothing on the way: raw sampling, and best-of-N."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.search.reasons import finish_reason
from ttsvar.types import Candidates, Proposal, Run, SearchState, Selection

NOTHING: frozenset[str] = frozenset()
IMAGES_AND_FEATURES = frozenset({"images", "features"})
IMAGES_AND_SCORES = frozenset({"images", "scores"})


@dataclass(frozen=True)
class KeepAll:
    """Everybody goes on; where `judges`, the reward ranks the final images."""

    summary: str
    judges: bool = False

    def needs(self, run: Run, scale: int) -> frozenset[str]:
        """Images and scores after the last scale where it judges."""
        return IMAGES_AND_SCORES if self.judges and scale == len(run.schedule) - 1 else NOTHING

    def propose(self, grown: SearchState, candidates: Candidates, keep: int, rng: Generator) -> Proposal:
        """Keep all, and say which scored highest where scores are known."""
        return all_go_on(grown, candidates)


def all_go_on(grown: SearchState, seen: Candidates) -> Proposal:
    """Nothing is decided; after the last scale the scores say which candidate is the final image."""
    ids, scale = grown.candidate_ids, grown.scale - 1
    if len(ids) == 1:
        reason = f"Only {ids[0]} is alive, so there is nothing to choose after scale {scale}."
    elif seen.scores is not None:
        reason = finish_reason(ids, seen.scores.tolist())
    else:
        reason = f"Nothing is decided after scale {scale}: all {len(ids)} go on."
    return Proposal(Selection(tuple(range(len(ids))), "strategy", reason), seen)
