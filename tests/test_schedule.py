"""Batch schedules: what is refused, and that the message names the scale."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.config import Sampling, SearchConfig, resolved, search_config
from ttsvar.errors import ConfigError, ScheduleError
from ttsvar.schedule import (
    PAPER_BATCH,
    PLANS,
    default_batch,
    resolve_batch,
    resolve_search,
    scores_every_scale,
)
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS
from ttsvar.types import ScaleSchedule
from ttsvar.values import Numbers

LADDER = ScaleSchedule(tuple((s, s) for s in (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)))


def refuse(batch: tuple, **changes: object) -> ScheduleError:
    with pytest.raises(ScheduleError) as caught:
        resolve_batch(SearchConfig(batch=batch, **changes), LADDER)  # type: ignore[arg-type]
    return caught.value


def test_the_papers_schedule_times_n():
    assert resolve_batch(SearchConfig(), LADDER) == PAPER_BATCH
    assert resolve_batch(SearchConfig(n=3), LADDER) == tuple(3 * b for b in PAPER_BATCH)
    assert resolve_batch(SearchConfig(batch=PAPER_BATCH, n=2), LADDER) == tuple(2 * b for b in PAPER_BATCH)


def test_other_strategies_have_their_own():
    assert resolve_batch(SearchConfig(strategy="best-of-n", n=4), LADDER) == (4,) * 13
    assert resolve_batch(SearchConfig(strategy="cluster-only"), LADDER) == (8, 8, 6, 6, 6, 4, 4, 4, 4, 4, 4, 4, 4)
    assert resolve_batch(SearchConfig(strategy="resample-only"), LADDER) == (8, 8, 8, 8, 8, 8, 2, 2, 2, 1, 1, 1, 1)


def test_a_rise_is_refused_by_name():
    error = refuse((8, 8, 6, 6, 7, 4, 2, 2, 2, 1, 1, 1, 1))
    assert error.scale == 4
    assert "Scale 4 keeps 7" in str(error)
    assert "only 6" in str(error)


def test_a_fall_without_a_decision_is_refused_by_name():
    error = refuse((8, 7, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1, 1))
    assert error.scale == 1
    assert "Scale 1 falls from 8 to 7" in str(error)
    error = refuse((2,) * 5 + (1,) * 8, strategy="resample-only")
    assert error.scale == 5


@pytest.mark.parametrize("wrong", [0, -2, 1.5, "4", None])
def test_a_zero_or_no_number_is_refused_by_name(wrong: object):
    error = refuse((8, 8, wrong, *PAPER_BATCH[3:]))
    assert error.scale == 2
    assert repr(wrong) in str(error)


@given(st.integers(0, 30).filter(lambda n: n != 13))
def test_a_wrong_length_is_refused(length: int):
    error = refuse((1,) * length)
    assert f"has {length} numbers" in str(error)
    assert "13" in str(error)


def test_decision_scales_must_exist_and_not_coincide():
    assert refuse(PAPER_BATCH, cluster_scales=(2, 13)).scale == 13
    assert refuse(PAPER_BATCH, resample_scales=(-1,)).scale == -1
    assert refuse(PAPER_BATCH, cluster_scales=(2, 6)).scale == 6


def square(scales: int) -> ScaleSchedule:
    return ScaleSchedule(tuple((s + 1, s + 1) for s in range(scales)))


@pytest.mark.parametrize("scales", PLANS)
def test_every_plan_falls_at_its_decisions_alone(scales: int):
    plan = PLANS[scales]
    search = resolve_search(SearchConfig(), scales, Sampling())
    assert (search.cluster_scales, search.resample_scales) == (plan.cluster_scales, plan.resample_scales)
    assert resolve_batch(SearchConfig(), square(scales)) == plan.batch
    falls = {k for k in range(1, scales) if plan.batch[k] < plan.batch[k - 1]}
    assert falls == {*plan.cluster_scales, *plan.resample_scales}
    assert len(plan.batch) == scales
    assert (plan.batch[0], plan.batch[-1]) == (8, 1)
    assert max(plan.cluster_scales) < min(plan.resample_scales) <= max(plan.resample_scales) < scales - 1


@pytest.mark.parametrize("scales", [12, 10, 7])
def test_a_decision_comes_no_earlier_than_at_the_papers_stage(scales: int):
    paper = (*PLANS[13].cluster_scales, *PLANS[13].resample_scales)
    own = (*PLANS[scales].cluster_scales, *PLANS[scales].resample_scales)
    last = -1
    for k, moved in zip(paper, own, strict=True):
        last = max(last + 1, 2, -(-k * (scales - 1) // 12))
        assert moved == last


def test_other_strategies_on_ten_scales():
    ten = square(10)
    assert resolve_batch(SearchConfig(strategy="cluster-only"), ten) == (8, 8, 6, 6, 4, 4, 4, 4, 4, 4)
    assert resolve_batch(SearchConfig(strategy="resample-only", n=2), ten) == (16,) * 5 + (4, 4, 2, 2, 2)
    assert resolve_batch(SearchConfig(strategy="importance-sampling", n=3), ten) == (3,) * 10


def test_the_papers_own_scales_on_another_ladder_are_refused():
    with pytest.raises(ScheduleError, match="Scale 4 falls from 6 to 4"):
        resolve_batch(SearchConfig(batch=PLANS[10].batch, cluster_scales=(2, 5), resample_scales=(6, 9)), square(10))


def test_without_a_plan_a_search_says_its_scales_itself():
    five = square(5)
    for search in (SearchConfig(), SearchConfig(batch=(4, 4, 2, 2, 1))):
        with pytest.raises(ScheduleError, match="has 5 scales; there are plans for 7, 10, 12, 13"):
            resolve_batch(search, five)
    whole = SearchConfig(batch=(4, 4, 2, 2, 1), cluster_scales=(2,), resample_scales=(4,))
    assert resolve_batch(whole, five) == (4, 4, 2, 2, 1)
    assert resolve_batch(SearchConfig(strategy="best-of-n", n=4), five) == (4,) * 5


def test_what_is_left_open_is_the_models():
    own = Sampling(cfg=4.0, tau=1.0, top_p=0.95, top_k=900)
    search = resolve_search(SearchConfig(tau=0.7), 10, own)
    assert (search.cfg, search.tau, search.top_p, search.top_k, search.batch) == (4.0, 0.7, 0.95, 900, None)
    assert resolve_search(search, 10, Sampling()) == search
    with pytest.raises(ConfigError, match="cluster_scales is left to the model"):
        resolved(SearchConfig())
    with pytest.raises(ConfigError, match="cfg is left to the model"):
        resolved(SearchConfig(), cluster_scales=(), resample_scales=())


def test_guidance_and_temperature_per_scale_need_one_number_each():
    resolve_batch(SearchConfig(cfg=(3.0,) * 13, tau=(0.5,) * 13), LADDER)
    with pytest.raises(ConfigError, match="tau has 2 numbers"):
        resolve_batch(SearchConfig(tau=(0.5, 0.5)), LADDER)
    for name in ("lam", "cfg", "tau"):
        with pytest.raises(ConfigError, match=f"{name} has 12 numbers; give one, or 13"):
            resolve_batch(SearchConfig(**{name: (1.0,) * 12}), LADDER)  # type: ignore[arg-type]


def test_a_setting_per_scale_of_a_family_needs_one_number_each_too():
    SETTINGS.add(Setting(name="noise", kind=Numbers(0.0, 1.0), default=0.0, help="how much noise", option=True))
    try:
        resolve_batch(search_config("tts-var", noise=(0.5,) * 13), LADDER)
        with pytest.raises(ConfigError, match="noise has 2 numbers; give one, or 13"):
            resolve_batch(search_config("tts-var", noise=(0.5, 0.5)), LADDER)
    finally:
        SETTINGS.remove("noise")


@given(st.lists(st.integers(-1, 9), min_size=13, max_size=13))
def test_whatever_is_accepted_obeys_the_rules(numbers: list[int]):
    search = SearchConfig(batch=tuple(numbers))
    try:
        batch = resolve_batch(search, LADDER)
    except ScheduleError as caught:
        error = caught
    else:
        error = None
    if error is not None:
        assert f"Scale {error.scale}" in str(error)
        return
    falls = {k for k in range(1, 13) if batch[k] < batch[k - 1]}
    assert min(batch) >= 1
    assert all(b <= a for a, b in itertools.pairwise(batch))
    assert falls <= {2, 5, 6, 9}


def test_the_plan_of_seven_scales_and_the_usual_batch():
    assert PLANS[7].batch == (8, 8, 6, 4, 2, 1, 1)
    assert (PLANS[7].cluster_scales, PLANS[7].resample_scales) == ((2, 3), (4, 5))
    assert default_batch(SearchConfig(), 13) == PLANS[13].batch
    assert default_batch(SearchConfig(), 7) == PLANS[7].batch


def test_only_a_potential_that_follows_the_scores_has_every_scale_scored():
    assert scores_every_scale(SearchConfig(potential="max"))
    assert not scores_every_scale(SearchConfig(potential="value"))
    assert not scores_every_scale(SearchConfig(potential="max", score_scales=(6,)))
    assert not scores_every_scale(SearchConfig(potential="max", resample_scales=()))
    assert not scores_every_scale(SearchConfig(strategy="cluster-only", potential="max"))


@pytest.mark.parametrize("name", ["cluster_scales", "resample_scales", "score_scales"])
@pytest.mark.parametrize("scale", [-1, 13])
def test_a_scale_that_the_model_has_not_is_named(name: str, scale: int):
    changes: Any = {name: (scale,)}
    with pytest.raises(ScheduleError, match=f"{name} names scale {scale}; this model has scales 0 to 12"):
        resolve_batch(SearchConfig(**changes), LADDER)


def test_the_first_and_the_last_scale_may_be_named():
    assert resolve_batch(SearchConfig(score_scales=(0, 12)), LADDER) == PAPER_BATCH


def test_scales_that_are_named_for_scoring_stay_and_none_is_no_choice():
    assert resolve_search(SearchConfig(score_scales=(4, 7)), 13, Sampling()).score_scales == (4, 7)
    assert resolve_search(SearchConfig(score_scales=()), 13, Sampling()).score_scales is None
