"""Accuracies and their differences with intervals over prompts that hold at small samples, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ttsvar.errors import ConfigError

LEVEL = 0.95
METHOD = "prompt-cluster t"
"""What the intervals are called where they are shown."""

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


def accuracy(outcomes: Outcomes) -> Estimate:
    """The mean over categories of their means, as GenEval's overall score, within 0 and 1.

    The interval is Student's t over prompts, stratified by category with Satterthwaite's degrees of freedom; the seeds
    of one prompt stay together, as they are not independent. Where all prompts agree, so that no deviation can be
    seen, it is Wilson's for as many prompts: it says how few they are.
    """
    return _estimate(outcomes, 0.0, 1.0)


def paired_difference(first: Outcomes, second: Outcomes, *, shares: bool = True) -> Estimate:
    """`first` minus `second` on the same prompts in the same order, with the interval of `accuracy` over the gaps.

    `shares` are between 0 and 1, so that gaps are within -1 and 1. Other numbers, such as rewards, have no such
    bounds: where all their gaps are the same, the interval has no width.
    """
    if {k: len(v) for k, v in first.items()} != {k: len(v) for k, v in second.items()}:
        raise ConfigError("The two arms have different prompts; compare images of the same prompts and seeds only.")
    gaps = {tag: [a - b for a, b in zip(first[tag], second[tag], strict=True)] for tag in first}
    return _estimate(gaps, -1.0, 1.0) if shares else _estimate(gaps, -np.inf, np.inf)


def _estimate(outcomes: Outcomes, least: float, most: float) -> Estimate:
    filled = [np.asarray(values, dtype=np.float64) for values in outcomes.values() if len(values)]
    if not filled:
        raise ConfigError("There are no outcomes to average; evaluate at least one prompt.")
    value = float(np.mean([values.mean() for values in filled]))
    half = _half_width(filled)
    if half == 0 and np.isfinite(most):
        prompts, z = sum(map(len, filled)), NormalDist().inv_cdf((1 + LEVEL) / 2)
        half = z**2 / (prompts + z**2)  # of Wilson's interval for none of so many
    return Estimate(value, max(least, value - float(half)), min(most, value + float(half)))


def _half_width(categories: Sequence[np.ndarray]) -> float:
    """Of the t interval of the mean over categories; 0 where no two prompts of any category differ."""
    everybody = np.concatenate(categories)
    # One prompt alone has no deviation of its own: it is given that of all prompts, categories apart or not.
    overall = everybody.var(ddof=1) if len(everybody) > 1 else 0.0
    variances = [values.var(ddof=1) if len(values) > 1 else overall for values in categories]
    counts = np.array([len(values) for values in categories])
    # Three prompts tell little of their own deviation, and nothing where they happen to agree: half of what a category
    # has is the mean of all. Without it the interval is too wide where few differ, as simulations show.
    shrunk = (np.array(variances) + np.mean(variances)) / 2
    terms = shrunk / counts / len(categories) ** 2
    total = float(terms.sum())
    if not total:
        return 0.0
    # Here, as the page counts comparisons by this module long before it has two of them.
    from scipy.special import stdtrit

    freedom = total**2 / float((terms**2 / np.maximum(counts - 1, 1)).sum())
    return float(stdtrit(freedom, (1 + LEVEL) / 2)) * total**0.5
