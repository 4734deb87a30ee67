"""Accuracies and their differences with bootstrap intervals over prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ttsvar.errors import ConfigError

RESAMPLES = 10_000
LEVEL = 0.95

Outcomes = Mapping[str, Sequence[float]]
"""Per category one number a prompt: the share of its images that are right."""


@dataclass(frozen=True)
class Estimate:
    """A value and its interval."""

    value: float
    low: float
    high: float

    def rounded(self) -> Estimate:
        """To four digits, as reports keep it."""
        return Estimate(round(self.value, 4), round(self.low, 4), round(self.high, 4))

    def text(self, sign: str = "") -> str:
        """For example 0.500 [0.400, 0.600]; with `sign` '+' each number has its sign."""
        return f"{self.value:{sign}.3f} [{self.low:{sign}.3f}, {self.high:{sign}.3f}]"


def accuracy(outcomes: Outcomes, seed: int = 0) -> Estimate:
    """The mean over categories of their means, as GenEval's overall score, with a percentile bootstrap interval.

    Prompts are drawn again with replacement within each category; the seeds of one prompt stay together, as they are
    not independent. Where all prompts of a category agree, the bootstrap cannot see how few they are.
    """
    return _estimate(outcomes, seed)


def paired_difference(first: Outcomes, second: Outcomes, seed: int = 0) -> Estimate:
    """`first` minus `second` on the same prompts in the same order: each draw takes a prompt in both or in neither."""
    if {k: len(v) for k, v in first.items()} != {k: len(v) for k, v in second.items()}:
        raise ConfigError("The two arms have different prompts; compare images of the same prompts and seeds only.")
    gaps = {tag: [a - b for a, b in zip(first[tag], second[tag], strict=True)] for tag in first}
    return _estimate(gaps, seed)


def _estimate(outcomes: Outcomes, seed: int) -> Estimate:
    filled = [np.asarray(values, dtype=np.float64) for values in outcomes.values() if len(values)]
    if not filled:
        raise ConfigError("There are no outcomes to average; evaluate at least one prompt.")
    rng = np.random.default_rng(seed)
    draws = np.zeros(RESAMPLES)
    for values in filled:
        draws += values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(1) / len(filled)
    value = float(np.mean([values.mean() for values in filled]))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws, (tail, 1 - tail))
    return Estimate(value, float(low), float(high))
