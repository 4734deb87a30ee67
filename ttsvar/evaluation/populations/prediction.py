"""What a plan would come to, predicted by running its decisions over the populations: nothing is drawn anew.

It differs from a search in one thing: copies of a candidate go apart in a search, and here they stay the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ttsvar.choices import Decision
from ttsvar.errors import ScheduleError
from ttsvar.evaluation.bench.statistics import Estimate, accuracy, paired_difference
from ttsvar.evaluation.populations.nearest import one_of_each
from ttsvar.evaluation.populations.record import Array, Populations
from ttsvar.evaluation.populations.reliability import EVERYBODY, grouped

ROUNDS = 4
"""Draws of every group, as resampling is by lot."""
SEED = 0


@dataclass(frozen=True, kw_only=True)
class PlannedSearch:
    """How many live on after each scale, what is decided there, and how much the reward is trusted."""

    batch: tuple[int, ...]
    decisions: tuple[Decision | None, ...]
    lam: float = 10.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcomes:
    """By prompt what a plan came to: means over groups and rounds."""

    right: Array
    """float [P], the share of chosen pictures that satisfy the prompt."""
    reward: Array
    """float [P], their mean reward."""

    @property
    def success(self) -> Estimate:
        """Over prompts."""
        return accuracy({EVERYBODY: self.right.tolist()})

    @property
    def mean_reward(self) -> Estimate:
        """Over prompts."""
        return paired_difference({EVERYBODY: self.reward.tolist()}, {EVERYBODY: [0.0] * len(self.reward)}, shares=False)

    def over(self, other: Outcomes) -> tuple[Estimate, Estimate]:
        """How much more success and reward than another plan on the same prompts."""
        return (
            paired_difference({EVERYBODY: self.right.tolist()}, {EVERYBODY: other.right.tolist()}),
            paired_difference({EVERYBODY: self.reward.tolist()}, {EVERYBODY: other.reward.tolist()}, shares=False),
        )


def predict(populations: Populations, plan: PlannedSearch) -> Outcomes:
    """Run a plan's decisions on every prompt; raises ScheduleError where it begins with more than there are."""
    first = plan.batch[0]
    if len(plan.batch) != populations.scales:
        raise ScheduleError(f"The plan has {len(plan.batch)} scales; the populations have {populations.scales}.")
    if first > populations.candidates:
        raise ScheduleError(
            f"The plan begins with {first} candidates; the populations hold {populations.candidates} of each prompt.", 0
        )
    scores = np.repeat(_flat(grouped(populations.scores, first)), ROUNDS, axis=0)
    right = np.repeat(_flat(grouped(populations.right, first)), ROUNDS, axis=0)
    layouts = _flat(grouped(populations.layouts.transpose(0, 2, 1, 3), first))
    alive = _survivors(plan, scores, layouts)
    final = np.take_along_axis(scores[:, :, -1], alive, axis=1)
    chosen = np.take_along_axis(alive, final.argmax(1)[:, None], axis=1)
    per_prompt = (len(populations.prompts), -1)
    return Outcomes(
        right=np.take_along_axis(right, chosen, axis=1).reshape(per_prompt).mean(1),
        reward=final.max(1).reshape(per_prompt).mean(1),
    )


def _flat(groups: Array) -> Array:
    return groups.reshape(-1, *groups.shape[2:])


def _survivors(plan: PlannedSearch, scores: Array, layouts: Array) -> Array:
    """Rows of those who are alive after the last decision: [groups x rounds, kept]."""
    rng = np.random.default_rng(SEED)
    alive = np.tile(np.arange(scores.shape[1]), (len(scores), 1))
    rounds = len(scores) // len(layouts)
    for scale, (keep, decision) in enumerate(zip(plan.batch, plan.decisions, strict=True)):
        count = min(keep, alive.shape[1])
        if decision is Decision.CLUSTER:
            alive = _by_layout(np.repeat(layouts[:, :, scale], rounds, axis=0), alive, count)
        elif decision is not None:
            alive = _by_reward(scores[:, :, scale], alive, count, plan.lam, rng)
    return alive


def _by_layout(layouts: Array, alive: Array, keep: int) -> Array:
    if keep == alive.shape[1]:
        return alive
    points = np.take_along_axis(layouts, alive[..., None], axis=1)
    return np.take_along_axis(alive, one_of_each(points, keep), axis=1)


def _by_reward(scores: Array, alive: Array, keep: int, lam: float, rng: np.random.Generator) -> Array:
    """Draws with replacement, in proportion to exp(lam * reward)."""
    logits = lam * np.take_along_axis(scores, alive, axis=1).astype(np.float64)
    weights = np.exp(logits - logits.max(1, keepdims=True))
    ends = np.cumsum(weights / weights.sum(1, keepdims=True), axis=1)
    points = rng.random((len(alive), keep))
    drawn = (points[..., None] >= ends[:, None, :-1]).sum(-1)
    return np.take_along_axis(alive, np.sort(drawn, axis=1), axis=1)
