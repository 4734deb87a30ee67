"""Draws: four schemes with replacement, equal on average and different in spread, and one without."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.choices import RESAMPLINGS, UNBIASED
from ttsvar.errors import ConfigError, SelectionError
from ttsvar.sampling import keyed_rng
from ttsvar.search.resampling import _at_points, _residual, resample

WEIGHTS = st.lists(st.sampled_from([0.0, 1e-9, 0.1, 0.25, 1.0, 3.0]), min_size=1, max_size=9).filter(any)


def normal(weights: list[float]) -> torch.Tensor:
    return torch.tensor(weights, dtype=torch.float64) / sum(weights)


def test_draws_follow_the_probabilities_and_their_key():
    p = torch.tensor([0.7, 0.0, 0.3], dtype=torch.float64)
    drawn = resample(p, 4000, keyed_rng("draws"))
    assert drawn == resample(p, 4000, keyed_rng("draws"))
    assert drawn != resample(p, 4000, keyed_rng("other"))
    assert list(drawn) == sorted(drawn)
    assert drawn.count(1) == 0
    assert drawn.count(0) / 4000 == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize("scheme", UNBIASED)
def test_every_scheme_with_replacement_is_unbiased(scheme: str):
    p, keep, times = torch.tensor([0.05, 0.0, 0.55, 0.3, 0.1], dtype=torch.float64), 4, 4000
    rng = keyed_rng("unbiased", scheme)
    counts = np.zeros(len(p))
    for _ in range(times):
        counts += np.bincount(resample(p, keep, rng, scheme), minlength=len(p))
    # A multinomial count has variance keep * p * (1 - p); the other schemes have less.
    tolerance = 4.5 * np.sqrt(keep * p.numpy() * (1 - p.numpy()) / times)
    assert np.all(np.abs(counts / times - keep * p.numpy()) <= tolerance)


@settings(max_examples=80, deadline=None)
@given(WEIGHTS, st.integers(1, 12), st.integers(0, 10**6), st.sampled_from(RESAMPLINGS))
def test_as_many_as_asked_in_order_and_never_the_impossible(weights: list[float], keep: int, key: int, scheme: str):
    drawn = resample(normal(weights), keep, keyed_rng(key), scheme)
    assert len(drawn) == keep
    assert list(drawn) == sorted(drawn)
    assert all(weights[i] > 0 for i in drawn)


@settings(max_examples=80, deadline=None)
@given(WEIGHTS, st.integers(1, 12), st.integers(0, 10**6))
def test_how_far_a_count_may_be_from_its_average(weights: list[float], keep: int, key: int):
    p = normal(weights).numpy()
    counts = {
        name: np.bincount(resample(torch.from_numpy(p), keep, keyed_rng(key), name), minlength=len(p))
        for name in ("systematic", "stratified", "residual")
    }
    low, high = np.floor(keep * p + 1e-9), np.ceil(keep * p - 1e-9)
    low_for_sure = np.floor(keep * p - 1e-9)
    assert np.all(counts["systematic"] >= low_for_sure)
    assert np.all(counts["systematic"] <= np.ceil(keep * p + 1e-9)), "the whole numbers on either side"
    assert np.all(counts["stratified"] >= low_for_sure - 1)
    assert np.all(counts["stratified"] <= high + 1 + (low > low_for_sure)), "a part may be cut at both ends"
    assert np.all(counts["residual"] >= low_for_sure), "the whole part for sure"


@settings(max_examples=80, deadline=None)
@given(WEIGHTS, st.integers(1, 12), st.integers(0, 10**6))
def test_without_replacement_nobody_comes_again_before_everybody_came(weights: list[float], keep: int, key: int):
    drawn = resample(normal(weights), keep, keyed_rng(key), "without-replacement")
    counts = [drawn.count(i) for i, weight in enumerate(weights) if weight > 0]
    assert max(counts) - min(counts) <= 1
    assert len(set(drawn)) == min(keep, len(counts))


@pytest.mark.slow
def test_without_replacement_each_draw_goes_by_what_is_left():
    p, times = torch.tensor([0.6, 0.3, 0.1], dtype=torch.float64), 20_000
    rng = keyed_rng("distinct")
    pairs = [resample(p, 2, rng, "without-replacement") for _ in range(times)]
    expected = 0.6 * 0.3 / 0.4 + 0.3 * 0.6 / 0.7
    assert pairs.count((0, 1)) / times == pytest.approx(expected, abs=0.015)


def test_whole_averages_leave_nothing_to_chance():
    p = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)
    assert resample(p, 4, keyed_rng(0), "residual") == (0, 0, 1, 2)
    assert resample(p, 4, keyed_rng(0), "systematic") == (0, 0, 1, 2)
    for count in (20, 30):
        equal = torch.full((count,), 1 / count, dtype=torch.float64)
        assert resample(equal, count, keyed_rng(1), "residual") == tuple(range(count))


def test_averages_that_rounding_leaves_below_a_whole_number_count_as_whole():
    p = np.full(20, 1 / 20)
    p /= p.sum()
    assert np.all(p * 20 < 1), "the case that this is about"
    assert list(_residual(p, 20, keyed_rng(1))) == list(range(20))


def test_a_point_at_the_very_end_belongs_to_the_last_that_has_a_part():
    p = np.array([0.25, 0.75, 0.0])
    points = np.array([0.0, 0.25, np.nextafter(1.0, 0.0), 1.0])
    assert _at_points(p, points).tolist() == [0, 1, 1, 1]


def test_rounding_of_the_sum_does_not_matter():
    p = torch.softmax(torch.randn(300, dtype=torch.float64), 0) * (1 + 1e-6)
    assert all(len(resample(p, 5, keyed_rng(1), scheme)) == 5 for scheme in RESAMPLINGS)


def test_nobody_cannot_be_kept_and_schemes_have_names():
    with pytest.raises(SelectionError, match="at least 1"):
        resample(torch.tensor([1.0]), 0, keyed_rng(1))
    with pytest.raises(ConfigError, match="multinomial, stratified, systematic, residual, without-replacement"):
        resample(torch.tensor([1.0]), 1, keyed_rng(1), "lottery")
