"""Sequential Monte Carlo as FK steering has it (arXiv 2501.06848): weights, and draws where too few count."""

from __future__ import annotations

from dataclasses import dataclass, replace

from numpy.random import Generator

from ttsvar.search.keep_all import IMAGES_AND_SCORES, NOTHING, all_go_on
from ttsvar.search.potentials import probabilities
from ttsvar.search.reasons import carry_reason, draw_reason
from ttsvar.search.resampling import resample
from ttsvar.search.weights import draws_at, effective_size, log_weights
from ttsvar.types import Candidates, Proposal, Run, SearchState, Selection


@dataclass(frozen=True)
class SMC:
    """Score at some scales, and resample there, always or when the effective sample size has fallen."""

    summary: str

    def needs(self, run: Run, scale: int) -> frozenset[str]:
        """Scores where it may resample, and after the last scale."""
        scores = run.search.decision(scale) == "resample" or scale == len(run.schedule) - 1
        return IMAGES_AND_SCORES if scores else NOTHING

    def propose(self, grown: SearchState, candidates: Candidates, keep: int, rng: Generator) -> Proposal:
        """Draw by weight, or go on with the weights; at the last scale the reward alone decides."""
        if grown.run.search.decision(grown.scale - 1) == "resample" and candidates.scores is not None:
            return by_draw(grown, candidates, keep, rng)
        return all_go_on(grown, candidates)


def by_draw(grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
    """Resample by the weights of the lineages (section 4.3), unless the settings say that enough of them count."""
    assert seen.scores is not None
    search, ids = grown.run.search, grown.candidate_ids
    weights = log_weights(grown, seen.scores)
    seen = replace(seen, probabilities=probabilities(weights, 1.0))
    assert seen.probabilities is not None
    effective = effective_size(weights)
    if not draws_at(search, weights, keep):
        reason = carry_reason(ids, effective, search.ess_share * len(ids))
        return Proposal(Selection(tuple(range(len(ids))), "strategy", reason), seen)
    parents = resample(seen.probabilities, keep, rng, search.resampling)
    how = "" if search.resampling == "multinomial" else f", {search.resampling}"
    if search.ess_share < 1:
        how += f", as the weights count for {effective:.1f} of {len(ids)}"
    lam = search.at_scale("lam", grown.scale - 1)
    reason = draw_reason(ids, seen.probabilities.tolist(), parents, search.potential, lam, how)
    return Proposal(Selection(parents, "strategy", reason), seen)
