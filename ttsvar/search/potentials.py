"""Potentials of a lineage and the probabilities they give (paper, section 4.3)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ttsvar.choices import Potential
from ttsvar.errors import ConfigError
from ttsvar.shapes import ScoreHistory, Scores, Weights


def _value(past: ScoreHistory, current: Scores) -> Weights:
    return current


def _max(past: ScoreHistory, current: Scores) -> Weights:
    both = torch.cat([past, current[:, None]], dim=1)
    return both.nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf).amax(dim=1)


def _sum(past: ScoreHistory, current: Scores) -> Weights:
    return current + past.nan_to_num(nan=0.0, posinf=torch.inf, neginf=-torch.inf).sum(dim=1)


def _diff(past: ScoreHistory, current: Scores) -> Weights:
    last = torch.zeros_like(current)
    for column in past.unbind(1):
        last = torch.where(column.isnan(), last, column)
    return current - last


_KINDS: dict[Potential, Callable[[Tensor, Tensor], Tensor]] = {
    Potential.VALUE: _value,
    Potential.MAX: _max,
    Potential.SUM: _sum,
    Potential.DIFF: _diff,
}


def potential(kind: str, past: ScoreHistory, current: Scores) -> Weights:
    """Potential float64 [B] of each lineage, before lambda, from earlier scores [B, K] and current ones [B].

    NaN in `past` means that the search did not score that scale: it counts for nothing. `diff` is against the last
    scale that was scored; at the first one it is the score itself, as are the other three.
    """
    if kind not in _KINDS:
        raise ConfigError(f"potential is {kind!r}; it must be one of {', '.join(_KINDS)}.")
    return _KINDS[Potential(kind)](past.double(), current.double())


def probabilities(potentials: Scores, lam: float) -> Weights:
    """softmax(lam * potential), float64 [B]: the paper's exp(lam * P) normalised, without ever overflowing.

    A lineage without a number (NaN) gets probability 0; if none has one, or all are -inf, all get the same.
    """
    logits = (lam * potentials.double()).nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf)
    if lam == 0:
        logits = torch.where(potentials.isnan(), -torch.inf, 0.0).double()
    top = logits.max()
    if top.isinf():
        best = (logits == top).double()
        return best / best.sum()
    return torch.softmax(logits, dim=0)
