"""What the populations say of the reward at each scale: whether today's favourite wins, and right outscores wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ttsvar.evaluation.bench.statistics import Estimate, accuracy
from ttsvar.evaluation.populations.record import Array, Populations

EVERYBODY = "all"


@dataclass(frozen=True, kw_only=True)
class AtScale:
    """The reward after one scale."""

    scale: int
    favourite: Estimate
    """How often the candidate with the highest reward now is the one whose finished picture has the highest."""
    surely: Estimate | None
    """How often a picture that ends right has a higher reward now than one of the same prompt that ends wrong (AUC, 0.5
    is chance); None where no prompt has both."""


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """The reward at every scale, for groups of so many candidates."""

    candidates: int
    most: int
    """Candidates that each prompt has."""
    prompts: int
    mixed: int
    """Prompts that have both right and wrong pictures."""
    scales: tuple[AtScale, ...]

    @property
    def chance(self) -> float:
        """How often a favourite drawn by lot would win."""
        return 1 / self.candidates


def reliability(populations: Populations, candidates: int) -> Reliability:
    """The record of the reward for groups of `candidates`, at most as many as each prompt has.

    Every prompt's candidates are split into as many whole groups as there are; they are independent draws.
    """
    count = max(2, min(candidates, populations.candidates))
    groups = grouped(populations.scores, count)
    favourites = favourite_wins(groups)
    areas = right_over_wrong(populations.scores, populations.right)
    mixed = ~np.isnan(areas[:, 0])
    return Reliability(
        candidates=count,
        most=populations.candidates,
        prompts=len(populations.prompts),
        mixed=int(mixed.sum()),
        scales=tuple(
            AtScale(
                scale=k,
                favourite=_over_prompts(favourites[:, k]),
                surely=_over_prompts(areas[mixed, k]) if mixed.any() else None,
            )
            for k in range(populations.scales)
        ),
    )


def grouped(values: Array, count: int) -> Array:
    """Candidates [P, B, ...] as disjoint groups [P, G, count, ...]; a rest is left out."""
    groups = values.shape[1] // count
    return values[:, : groups * count].reshape(len(values), groups, count, *values.shape[2:])


def favourite_wins(groups: Array) -> Array:
    """By prompt and scale, the share of groups [P, G, C, K] whose favourite has the highest reward at the end: [P, K].

    Where several share the highest reward, one of them is taken by lot: 1 in so many.
    """
    best = groups[..., -1].argmax(2)
    leads = groups == groups.max(2, keepdims=True)
    winner = np.take_along_axis(leads, best[:, :, None, None], axis=2)[:, :, 0]
    return (winner / leads.sum(2)).mean(1)


def right_over_wrong(scores: Array, right: Array) -> Array:
    """Area under the curve by prompt and scale [P, K] of scores [P, B, K] for what ends right; NaN without both kinds.

    The share of (right, wrong) pairs whose right one has the higher reward; equal rewards count half.
    """
    areas = np.full((len(scores), scores.shape[2]), np.nan)
    for place, (own, good) in enumerate(zip(scores, right, strict=True)):
        if good.any() and not good.all():
            gaps = own[good][:, None] - own[~good][None]
            areas[place] = ((gaps > 0) + 0.5 * (gaps == 0)).mean((0, 1))
    return areas


def _over_prompts(values: Array | Sequence[float]) -> Estimate:
    return accuracy({EVERYBODY: [float(v) for v in values]})
