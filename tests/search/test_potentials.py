"""Potentials along a lineage, and probabilities that never overflow."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.errors import ConfigError
from ttsvar.search.potentials import potential, probabilities

NAN = math.nan
PAST = torch.tensor([[NAN, 0.5, NAN, 0.25], [NAN, -1.0, NAN, 2.0], [NAN, NAN, NAN, NAN]])
NOW = torch.tensor([1.0, 1.5, -3.0])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("value", [1.0, 1.5, -3.0]),
        ("max", [1.0, 2.0, -3.0]),
        ("sum", [1.75, 2.5, -3.0]),
        ("diff", [0.75, -0.5, -3.0]),
    ],
)
def test_scales_that_were_not_scored_count_for_nothing(kind: str, expected: list[float]):
    assert potential(kind, PAST, NOW).tolist() == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["value", "max", "sum", "diff"])
def test_the_first_scored_scale_is_its_own_score(kind: str):
    assert potential(kind, torch.empty(3, 0), NOW).tolist() == NOW.tolist()


def test_an_unknown_potential_lists_the_known():
    with pytest.raises(ConfigError, match="value, max, sum, diff"):
        potential("mean", PAST, NOW)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(0, 1000))
def test_probabilities_sum_to_one_and_follow_the_scores(scores: list[float], lam: float):
    p = probabilities(torch.tensor(scores, dtype=torch.float64), lam)
    assert bool(p.isfinite().all())
    assert float(p.sum()) == pytest.approx(1.0)
    assert int(p.argmax()) in [i for i, s in enumerate(scores) if p[i] == p[scores.index(max(scores))]]


def test_lambda_sharpens():
    scores = torch.tensor([0.0, 0.1])
    assert probabilities(scores, 0).tolist() == [0.5, 0.5]
    assert probabilities(scores, 10).tolist() == pytest.approx([1 / (1 + math.e), math.e / (1 + math.e)])
    assert probabilities(torch.tensor([400.0, 401.0]), 1000).tolist() == pytest.approx([0.0, 1.0])


def test_what_is_no_number_is_never_drawn():
    assert probabilities(torch.tensor([NAN, 1.0, 1.0]), 5).tolist() == pytest.approx([0, 0.5, 0.5])
    assert probabilities(torch.tensor([NAN, 1.0, 3.0]), 0).tolist() == pytest.approx([0, 0.5, 0.5])
    assert probabilities(torch.tensor([NAN, NAN]), 5).tolist() == [0.5, 0.5]
    assert probabilities(torch.tensor([-math.inf, -math.inf]), 5).tolist() == [0.5, 0.5]
    assert probabilities(torch.tensor([math.inf, 3.0, math.inf]), 5).tolist() == [0.5, 0.0, 0.5]
