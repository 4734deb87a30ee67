"""Beam search over scales (arXiv 2510.16751): the best few survive each decision, and each of them branches."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.search.explain import with_evidence
from ttsvar.search.keep_all import IMAGES_AND_SCORES, NOTHING, all_go_on
from ttsvar.search.potentials import potential
from ttsvar.search.reasons import select_reason
from ttsvar.types import Candidates, Proposal, Run, SearchState, Selection


@dataclass(frozen=True)
class Beam:
    """Keep the best `width` by potential, as copies that go apart from the next scale on, because their ids differ.

    The schedule says how many copies there are in all; where they do not come out even, the better survivors get one
    more. With a width of 1 it is greedy search; with one decision, after which nobody is copied, it is early pick.
    """

    summary: str

    def needs(self, run: Run, scale: int) -> frozenset[str]:
        """Scores where it selects, and after the last scale."""
        scores = run.search.decision(scale) == "select" or scale == len(run.schedule) - 1
        return IMAGES_AND_SCORES if scores else NOTHING

    def propose(self, grown: SearchState, candidates: Candidates, keep: int, rng: Generator) -> Proposal:
        """The best survivors, each as its share of `keep` copies."""
        search = grown.run.search
        if search.decision(grown.scale - 1) != "select" or candidates.scores is None:
            return all_go_on(grown, candidates)
        values = potential(search.potential, grown.score_history[:, :-1], candidates.scores).tolist()
        parents = best_copies(values, search.width * search.n, keep)
        reason = select_reason(grown.candidate_ids, values, parents, search.potential)
        return Proposal(Selection(parents, "strategy", reason), with_evidence(grown, candidates, clusters=None))


def best_copies(values: list[float], width: int, keep: int) -> tuple[int, ...]:
    """The `width` highest values (NaN last, earlier ones first among equals) as `keep` indices, shared out evenly."""
    ranked = sorted(range(len(values)), key=lambda i: (values[i] != values[i], -values[i], i))
    best = ranked[: min(width, keep)]
    return tuple(sorted(best[i % len(best)] for i in range(keep)))
