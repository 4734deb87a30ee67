"""The reward's record from made-up rewards whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from ttsvar.evaluation.populations.record import Populations, read
from ttsvar.evaluation.populations.reliability import favourite_wins, grouped, reliability, right_over_wrong
from ttsvar.evaluation.populations.shipped import judges_digest, populations_path
from ttsvar.families.load import load

PROMPTS, COUNT = 400, 16


def made(seed: int = 0) -> Populations:
    """Three scales: equal rewards, rewards that know nothing, and the final ones, by which right is told from wrong."""
    rng = np.random.default_rng(seed)
    final = rng.normal(size=(PROMPTS, COUNT)).astype(np.float32)
    scores = np.stack([np.zeros_like(final), rng.normal(size=final.shape), final], axis=2)
    return Populations(
        model="m", weights="w", judged_by="j", tags=("colors",) * PROMPTS, prompts=("a",) * PROMPTS,
        scores=scores.astype(np.float32), right=final > 0,
        layouts=rng.normal(size=(PROMPTS, 3, COUNT, 2)).astype(np.float32),
    )  # fmt: skip


def test_a_reward_that_knows_nothing_is_a_lottery_and_the_final_one_is_sure() -> None:
    known = reliability(made(), 8)
    equal, blind, final = known.scales
    assert equal.favourite.value == pytest.approx(1 / 8), "where all are equal, one of them is taken by lot"
    assert blind.favourite.low < known.chance < blind.favourite.high
    assert final.favourite.value == 1
    assert equal.surely is not None
    assert blind.surely is not None
    assert final.surely is not None
    assert equal.surely.value == 0.5
    assert blind.surely.low < 0.5 < blind.surely.high
    assert final.surely.value == 1


def test_groups_are_disjoint_and_as_many_as_fit() -> None:
    values = np.arange(32).reshape(2, 16)
    assert grouped(values, 6).tolist()[0] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert grouped(values, 16).shape == (2, 1, 16)
    assert reliability(made(), 64).candidates == COUNT, "a larger search is told of as many as there are"


def test_a_tie_for_the_favourite_counts_in_part() -> None:
    scores = np.array([[[[1, 5], [1, 4], [0, 9]]]], dtype=float)
    assert favourite_wins(scores).tolist() == [[0, 1]]
    scores[0, 0, 2, 0] = 1
    assert favourite_wins(scores)[0, 0] == pytest.approx(1 / 3)


def test_pairs_need_both_kinds() -> None:
    scores = np.array([[[1.0], [2.0], [2.0]]])
    assert right_over_wrong(scores, np.array([[False, True, True]])).tolist() == [[1.0]]
    assert right_over_wrong(scores, np.array([[False, True, False]])).tolist() == [[0.75]]
    assert np.isnan(right_over_wrong(scores, np.ones((1, 3), bool))).all()


def test_the_shipped_populations_are_of_the_files_that_ship() -> None:
    found = read(populations_path("toybox"))
    assert found.judged_by == judges_digest(), "reward, features or detector changed: run `ttsvar populations` again"
    model = load("toybox").weights
    assert found.weights == model, "the model changed: run `ttsvar populations` again"
    assert populations_path("toybox").stat().st_size <= 3 * 1024**2
    assert found.candidates == 16
    known = reliability(found, 8)
    assert known.scales[2].favourite.value < 0.4 < known.scales[11].favourite.value
