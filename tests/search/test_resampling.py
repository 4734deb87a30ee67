"""Draws with replacement."""

from __future__ import annotations

import pytest
import torch

from ttsvar.errors import SelectionError
from ttsvar.sampling import keyed_rng
from ttsvar.search.resampling import resample


def test_draws_follow_the_probabilities_and_their_key():
    p = torch.tensor([0.7, 0.0, 0.3], dtype=torch.float64)
    drawn = resample(p, 4000, keyed_rng("draws"))
    assert drawn == resample(p, 4000, keyed_rng("draws"))
    assert drawn != resample(p, 4000, keyed_rng("other"))
    assert list(drawn) == sorted(drawn)
    assert drawn.count(1) == 0
    assert drawn.count(0) / 4000 == pytest.approx(0.7, abs=0.03)


def test_rounding_of_the_sum_does_not_matter():
    p = torch.softmax(torch.randn(300, dtype=torch.float64), 0) * (1 + 1e-6)
    assert len(resample(p, 5, keyed_rng(1))) == 5


def test_nobody_cannot_be_kept():
    with pytest.raises(SelectionError, match="at least 1"):
        resample(torch.tensor([1.0]), 0, keyed_rng(1))
