"""Log-weights of sequential Monte Carlo, carried where nobody was resampled (FK steering, arXiv 2501.06848).

They are no part of a state: they follow from its scores and its choices, so that a run reopened from disk, or rewound,
has the same ones.
"""

from __future__ import annotations

import torch

from ttsvar.choices import Decision
from ttsvar.config import ResolvedSearch
from ttsvar.search.potentials import potential, probabilities
from ttsvar.shapes import ScoreHistory, Scores, Weights
from ttsvar.types import SearchState


def log_weights(grown: SearchState, scores: Scores) -> Weights:
    """Log-weight float64 [B] of each candidate after a scale with these scores [B].

    Every resampling scale adds lambda * potential; drawing, and any other change of who is alive (a clustering, a
    person's choice), makes all weights equal again.
    """
    run, history, scale = grown.run, grown.score_history, grown.scale - 1
    weights = torch.zeros(len(grown), dtype=torch.float64)
    for k in range(_unchanged_since(grown), scale):
        if run.search.decision(k) is not Decision.RESAMPLE or bool(history[:, k].isnan().all()):
            continue
        weights = weights + _increment(run.search, k, history[:, :k], history[:, k])
        if draws_at(run.search, weights, run.batch[k]):
            weights = torch.zeros_like(weights)
    return weights + _increment(run.search, scale, history[:, :scale], scores)


def draws_at(search: ResolvedSearch, weights: Weights, keep: int) -> bool:
    """Whether candidates with these log-weights are resampled: always, where the schedule falls, or where few count."""
    alive = len(weights)
    return keep < alive or search.ess_share >= 1 or effective_size(weights) < search.ess_share * alive


def effective_size(weights: Weights) -> float:
    """Effective sample size 1 / sum(p^2) of log-weights [B]: from 1 (one counts alone) to B (all count the same)."""
    return 1.0 / float(probabilities(weights, 1.0).square().sum())


def _increment(search: ResolvedSearch, scale: int, past: ScoreHistory, scores: Scores) -> Weights:
    lam, value = search.lam_at(scale), potential(search.potential, past, scores)
    return lam * value if lam else torch.where(value.isnan(), value, 0.0)


def _unchanged_since(grown: SearchState) -> int:
    """The first scale since when all candidates went on, each once and in order."""
    alive, since = grown.run.batch[0], 0
    for k, parents in enumerate(grown.choices):
        if parents != tuple(range(alive)):
            alive, since = len(parents), k + 1
    return since
