"""Multinomial resampling (paper, section 4.3 and Algorithm 1, line 15)."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from ttsvar.errors import SelectionError


def resample(probabilities: Tensor, keep: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Draw `keep` indices with replacement, in ascending order; probability 0 is never drawn."""
    if keep < 1:
        raise SelectionError(f"Cannot keep {keep} candidates; at least 1 must live on.")
    weights = probabilities.double().numpy()
    drawn = rng.choice(len(weights), size=keep, replace=True, p=weights / weights.sum())
    return tuple(sorted(int(i) for i in drawn))
