import numpy as np
import pytest

from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.statistics import accuracy, paired_difference


def test_overall_is_the_mean_of_categories_whatever_their_sizes():
    assert accuracy({"a": [1.0] * 30, "b": [0.0] * 3}).value == 0.5


def test_interval_has_the_width_of_a_proportion():
    outcomes = {"a": [1.0] * 60 + [0.0] * 40}
    estimate = accuracy(outcomes)
    assert estimate.low == pytest.approx(0.6 - 1.96 * 0.049, abs=0.012)
    assert estimate.high == pytest.approx(0.6 + 1.96 * 0.049, abs=0.012)


def test_pairing_narrows_the_interval():
    rng = np.random.default_rng(0)
    hard = rng.random(200)
    first = (hard > 0.4).astype(float)
    second = (hard > 0.5).astype(float)
    paired = paired_difference({"a": first.tolist()}, {"a": second.tolist()})
    shuffled = paired_difference({"a": first.tolist()}, {"a": rng.permutation(second).tolist()})
    assert paired.value == pytest.approx(shuffled.value)
    assert paired.low > 0
    assert paired.high - paired.low < 0.7 * (shuffled.high - shuffled.low)


def test_the_same_arm_differs_by_nothing():
    outcomes = {"a": [1.0, 0.0, 0.5], "b": [0.0]}
    estimate = paired_difference(outcomes, outcomes)
    assert (estimate.value, estimate.low, estimate.high) == (0.0, 0.0, 0.0)


def test_unequal_arms_and_empty_ones_are_refused():
    with pytest.raises(ConfigError, match="different prompts"):
        paired_difference({"a": [1.0]}, {"a": [1.0, 0.0]})
    with pytest.raises(ConfigError, match="no outcomes"):
        accuracy({})
