"""TTS-VAR (paper, Algorithm 1): cluster after some scales, resample after others, judge the last."""

from __future__ import annotations

from dataclasses import dataclass, replace

from numpy.random import Generator

from ttsvar.features.pca import clustering_input
from ttsvar.search.clustering import cluster
from ttsvar.search.keep_all import IMAGES_AND_FEATURES, IMAGES_AND_SCORES, NOTHING, all_go_on
from ttsvar.search.reasons import cluster_reason
from ttsvar.search.smc import by_draw
from ttsvar.types import Candidates, Proposal, Run, SearchState, Selection


@dataclass(frozen=True)
class Scheduled:
    """`SearchConfig.decision` says which scale does what, so clustering or resampling alone is the same class."""

    summary: str

    def needs(self, run: Run, scale: int) -> frozenset[str]:
        """Features where it clusters, scores where it resamples or judges."""
        decision = run.search.decision(scale)
        if decision == "cluster":
            return IMAGES_AND_FEATURES
        return IMAGES_AND_SCORES if decision == "resample" or scale == len(run.schedule) - 1 else NOTHING

    def propose(self, grown: SearchState, candidates: Candidates, keep: int, rng: Generator) -> Proposal:
        """Choose by cluster or by draw; without a decision, or without a choice, all go on."""
        decision = grown.run.search.decision(grown.scale - 1)
        if decision == "cluster" and candidates.features is not None:
            return by_cluster(grown, candidates, keep)
        if decision == "resample" and candidates.scores is not None:
            return by_draw(grown, candidates, keep, rng)
        return all_go_on(grown, candidates)


def by_cluster(grown: SearchState, seen: Candidates, keep: int) -> Proposal:
    """Keep one candidate of each of `keep` clusters (section 4.2)."""
    assert seen.features is not None
    vectors = clustering_input(grown.run.search.extractor, seen.features)
    labels, selected = cluster(vectors, keep)
    parents = tuple(sorted(selected.tolist()))
    reason = cluster_reason(grown.candidate_ids, labels.tolist(), parents)
    return Proposal(Selection(parents, "strategy", reason), replace(seen, labels=labels, clustering_input=vectors))
