"""Resampling (paper, section 4.3 and Algorithm 1, line 15): draws with replacement by four schemes, or without.

The first four draw index i `keep * p_i` times on average. They differ in spread: multinomial draws independently (the
paper); stratified takes one point of each of `keep` equal parts of [0, 1); systematic takes the same point of every
part, so that nobody is drawn a whole time more or less than the average; residual gives the whole part of the average
for sure and draws the rest (Douc, Cappe and Moulines 2005, arXiv cs/0507025, compare them). Without replacement nobody
is drawn twice, so that no place is spent on a copy; the likely are then drawn less often than their chances say.
"""

from __future__ import annotations

import numpy as np

from ttsvar.choices import Resampling
from ttsvar.errors import ConfigError, SelectionError
from ttsvar.shapes import Weights


def resample(
    probabilities: Weights, keep: int, rng: np.random.Generator, scheme: str = Resampling.MULTINOMIAL
) -> tuple[int, ...]:
    """Draw `keep` indices in ascending order; probability 0 is never drawn.

    Without replacement everybody is drawn once before anybody is drawn again.
    """
    if keep < 1:
        raise SelectionError(f"Cannot keep {keep} candidates; at least 1 must live on.")
    if scheme not in _SCHEMES:
        raise ConfigError(f"resampling is {scheme!r}; it must be one of {', '.join(_SCHEMES)}.")
    weights = probabilities.double().numpy()
    drawn = _SCHEMES[Resampling(scheme)](weights / weights.sum(), keep, rng)
    return tuple(sorted(int(i) for i in drawn))


def _multinomial(p: np.ndarray, keep: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(len(p), size=keep, replace=True, p=p)


def _stratified(p: np.ndarray, keep: int, rng: np.random.Generator) -> np.ndarray:
    return _at_points(p, (np.arange(keep) + rng.random(keep)) / keep)


def _systematic(p: np.ndarray, keep: int, rng: np.random.Generator) -> np.ndarray:
    return _at_points(p, (np.arange(keep) + rng.random()) / keep)


def _residual(p: np.ndarray, keep: int, rng: np.random.Generator) -> np.ndarray:
    # A product such as 0.1 * 30 may fall short of a whole number by rounding alone.
    sure = np.floor(p * keep * (1 + 1e-12)).astype(int)
    drawn = np.repeat(np.arange(len(p)), sure)
    left = keep - len(drawn)
    if left <= 0:
        return drawn[:keep]
    rest = np.maximum(p * keep - sure, 0)
    return np.concatenate([drawn, _multinomial(rest / rest.sum(), left, rng)])


def _distinct(p: np.ndarray, keep: int, rng: np.random.Generator) -> np.ndarray:
    # One by one, in proportion to what is left: the order of log p plus Gumbel noise (Kool et al. 2019, 1903.06059).
    noise = rng.gumbel(size=len(p))
    likely = np.flatnonzero(p)
    order = likely[np.argsort(-(np.log(p[likely]) + noise[likely]), kind="stable")]
    return np.resize(order, keep)


def _at_points(p: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The index whose part of [0, 1) holds each point; who has no probability has no part."""
    ends = np.cumsum(p)
    below_one = np.minimum(points, np.nextafter(1.0, 0.0))
    return np.searchsorted(ends / ends[-1], below_one, side="right")


_SCHEMES = {
    Resampling.MULTINOMIAL: _multinomial,
    Resampling.STRATIFIED: _stratified,
    Resampling.SYSTEMATIC: _systematic,
    Resampling.RESIDUAL: _residual,
    Resampling.DISTINCT: _distinct,
}
