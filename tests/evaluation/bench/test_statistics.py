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
    assert estimate.value == 0
    assert (estimate.low, estimate.high) == pytest.approx((-0.49, 0.49), abs=0.01)  # four prompts say as little
    assert paired_difference(outcomes, outcomes, shares=False).text() == "0.000 [0.000, 0.000]"


def test_where_all_prompts_agree_the_interval_says_how_few_they_are():
    few, many = accuracy({"a": [1.0] * 3}), accuracy({"a": [1.0] * 30, "b": [1.0] * 70})
    assert (few.low, few.high) == (pytest.approx(0.438, abs=0.001), 1.0)
    assert (many.low, many.high) == (pytest.approx(0.963, abs=0.001), 1.0)


def test_one_prompt_a_category_is_not_taken_for_certain():
    estimate = accuracy({tag: [float(tag < "d")] for tag in "abcdef"})
    assert estimate.high - estimate.low > 0.5


def covered(categories: int, prompts: int, *, paired: bool, trials: int = 1500) -> float:
    """The share of simulated evaluations, one image a prompt, whose interval holds the truth."""
    rng = np.random.default_rng(0)
    base, gain = np.linspace(0.3, 0.95, categories), 0.1
    truth, held = (0.5 * gain if paired else float(base.mean())), 0
    for _ in range(trials):
        right = np.clip(rng.beta(2 * base[:, None], 2 * (1 - base[:, None]), (categories, prompts)), 0, 1)
        first = rng.random(right.shape) < right
        if not paired:
            estimate = accuracy({str(i): row.astype(float).tolist() for i, row in enumerate(first)})
        else:
            better = (rng.random(right.shape) < gain) & (rng.random(right.shape) < 0.75)
            worse = (rng.random(right.shape) < gain) & (rng.random(right.shape) < 0.25)
            second = first.astype(float)
            other = second + better - worse
            estimate = paired_difference(
                {str(i): row.tolist() for i, row in enumerate(other)},
                {str(i): row.tolist() for i, row in enumerate(second)},
            )
        held += estimate.low <= truth <= estimate.high
    return held / trials


@pytest.mark.parametrize(("categories", "prompts"), [(12, 3), (12, 10), (6, 10), (1, 30)])
@pytest.mark.parametrize("paired", [False, True])
def test_intervals_hold_the_truth_as_often_as_they_say(categories: int, prompts: int, paired: bool):
    assert 0.93 <= covered(categories, prompts, paired=paired) <= 0.97


def test_unequal_arms_and_empty_ones_are_refused():
    with pytest.raises(ConfigError, match="different prompts"):
        paired_difference({"a": [1.0]}, {"a": [1.0, 0.0]})
    with pytest.raises(ConfigError, match="no outcomes"):
        accuracy({})
