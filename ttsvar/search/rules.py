"""The decisions that strategies are made of: everybody goes on, one of each cluster, a draw by weight, the best few."""

from __future__ import annotations

from dataclasses import replace

from numpy.random import Generator

from ttsvar.arrays import floats, whole_numbers
from ttsvar.choices import Resampling
from ttsvar.extractor import clustering_input
from ttsvar.search.clustering import cluster
from ttsvar.search.explain import with_evidence
from ttsvar.search.potentials import potential, probabilities
from ttsvar.search.reasons import (
    carry_reason,
    chance_reason,
    cluster_reason,
    draw_reason,
    finish_reason,
    select_reason,
)
from ttsvar.search.resampling import resample
from ttsvar.search.weights import draws_at, effective_size, log_weights
from ttsvar.types import Candidates, Featured, Proposal, Scored, SearchState, Selection, Source


def all_go_on(grown: SearchState, seen: Candidates) -> Proposal:
    """Nothing is decided; after the last scale the scores say which candidate is the final image."""
    ids, scale = grown.candidate_ids, grown.scale - 1
    if len(ids) == 1:
        reason = f"Only {ids[0]} is alive, so there is nothing to choose after scale {scale}."
    elif seen.scores is not None and scale == len(grown.run.schedule) - 1:
        reason = finish_reason(ids, floats(seen.scores))
    else:
        reason = f"Nothing is decided after scale {scale}: all {len(ids)} go on."
    return _proposal(tuple(range(len(ids))), reason, seen)


def by_cluster(grown: SearchState, seen: Featured, keep: int) -> Proposal:
    """Keep one candidate of each of `keep` clusters (section 4.2)."""
    vectors = clustering_input(grown.run.search.extractor, seen.features)
    labels, selected = cluster(vectors, keep)
    parents = tuple(sorted(whole_numbers(selected)))
    reason = cluster_reason(grown.candidate_ids, whole_numbers(labels), parents)
    return _proposal(parents, reason, replace(seen, labels=labels, clustering_input=vectors))


def by_draw(grown: SearchState, seen: Scored, keep: int, rng: Generator) -> Proposal:
    """Resample by the weights of the lineages (section 4.3), unless the settings say that enough of them count."""
    search, ids = grown.run.search, grown.candidate_ids
    weights = log_weights(grown, seen.scores)
    chances = probabilities(weights, 1.0)
    evidence = replace(seen, probabilities=chances)
    effective = effective_size(weights)
    if not draws_at(search, weights, keep):
        reason = carry_reason(ids, effective, search.ess_share * len(ids))
        return _proposal(tuple(range(len(ids))), reason, evidence)
    parents = resample(chances, keep, rng, search.resampling)
    how = "" if search.resampling is Resampling.MULTINOMIAL else f", {search.resampling.replace('-', ' ')}"
    if search.ess_share < 1:
        how += f", as the weights count for {effective:.1f} of {len(ids)}"
    lam = search.lam_at(grown.scale - 1)
    return _proposal(parents, draw_reason(ids, floats(chances), parents, search.potential, lam, how), evidence)


def by_rank(grown: SearchState, seen: Scored, keep: int) -> Proposal:
    """The best `width` by potential, each as its share of `keep` copies."""
    search = grown.run.search
    values = floats(potential(search.potential, grown.score_history[:, :-1], seen.scores))
    parents = best_copies(values, search.width * search.n, keep)
    reason = select_reason(grown.candidate_ids, values, parents, search.potential)
    return _proposal(parents, reason, with_evidence(grown, seen, clusters=None))


def by_reward(grown: SearchState, seen: Scored, keep: int) -> Proposal:
    """The `keep` best by potential, each once."""
    kind = grown.run.search.potential
    values = floats(potential(kind, grown.score_history[:, :-1], seen.scores))
    parents = best_copies(values, keep, keep)
    reason = select_reason(grown.candidate_ids, values, parents, kind)
    return _proposal(parents, reason, with_evidence(grown, seen, clusters=None))


def by_chance(grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
    """`keep` of the candidates, each once and as likely as any other."""
    parents = tuple(sorted(int(i) for i in rng.choice(len(grown), size=keep, replace=False)))
    return _proposal(parents, chance_reason(grown.candidate_ids, parents), seen)


def best_copies(values: list[float], width: int, keep: int) -> tuple[int, ...]:
    """The `width` highest values (NaN last, earlier ones first among equals) as `keep` indices, shared out evenly."""
    ranked = sorted(range(len(values)), key=lambda i: (values[i] != values[i], -values[i], i))
    best = ranked[: min(width, keep)]
    return tuple(sorted(best[i % len(best)] for i in range(keep)))


def _proposal(parents: tuple[int, ...], reason: str, seen: Candidates) -> Proposal:
    return Proposal(Selection(parents, Source.STRATEGY, reason), seen)
