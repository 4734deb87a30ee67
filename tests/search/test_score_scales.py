"""Which scales are scored: all for the potentials that follow a score, unless the search says otherwise."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from engine_fakes import LADDER, fake_engine

from ttsvar.config import SEARCHES, SearchConfig
from ttsvar.engine.recipe import run_from_json, run_to_json
from ttsvar.errors import ScheduleError
from ttsvar.types import Observation, SearchState, StepResult

PROMPT = "a photo of a cup"


def drawn(search: SearchConfig) -> tuple[SearchState, list[StepResult]]:
    engine = fake_engine()
    results = list(engine.run(PROMPT, search=search, seed=3))
    return engine.commit(results[-1]), results


def scored(**settings: Any) -> list[int]:
    history = drawn(SearchConfig(strategy="importance-sampling", n=4, **settings))[0].score_history
    return [k for k in range(len(LADDER)) if not bool(history[:, k].isnan().any())]


def test_max_sum_and_diff_score_every_scale_and_value_where_it_decides():
    for kind in ("max", "sum", "diff"):
        assert scored(potential=kind) == list(range(13))
        assert scored(potential=kind, score_scales=()) == [6, 9, 12]
        assert scored(potential=kind, score_scales=(2, 5)) == [2, 5, 6, 9, 12]
    assert scored(potential="value") == [6, 9, 12]
    assert scored(potential="value", score_scales=(0,)) == [0, 6, 9, 12]


def test_diff_is_against_the_scale_before():
    _, results = drawn(SearchConfig(strategy="importance-sampling", n=4, potential="diff", lam=3.0))
    at_6 = results[6]
    history = at_6.grown.score_history.double()
    chances = torch.softmax(3.0 * (history[:, 6] - history[:, 5]), 0)
    assert at_6.candidates.probabilities is not None
    assert at_6.candidates.probabilities.tolist() == pytest.approx(chances.tolist())


def test_a_clustering_is_scored_too_and_nothing_else_about_it_changes():
    results, plain = (
        drawn(SearchConfig(potential="max", score_scales=scales))[1] for scales in ((0, 1, 2, 3, 4, 5), ())
    )
    assert isinstance(results[2].candidates, Observation)
    for k in (2, 5):
        assert results[k].proposal == plain[k].proposal
    assert results[1].proposal.reason == "Nothing is decided after scale 1: all 8 go on."


def test_a_recipe_that_names_no_scales_keeps_to_what_it_was():
    engine = fake_engine()
    old = engine.begin(PROMPT, search=SearchConfig(potential="max", score_scales=()), seed=3).run
    assert "score_scales" not in run_to_json(old)["search"]
    again = engine.begin(PROMPT, search=run_from_json(run_to_json(old)).search, seed=3)
    assert again.run == old
    new = engine.begin(PROMPT, search=SearchConfig(potential="max"), seed=3)
    assert run_to_json(new.run)["search"]["score_scales"] == tuple(range(13))
    assert new.id != again.id


def test_nobody_scores_every_scale_in_vain():
    engine = fake_engine()
    searches = [SEARCHES["smc"], SearchConfig(strategy="cluster-only", potential="sum")]
    searches += [SearchConfig(strategy="importance-sampling", potential="sum", resample_scales=())]
    assert [engine.begin(PROMPT, search=search).run.search.score_scales for search in searches] == [None] * 3
    with pytest.raises(ScheduleError, match="score_scales names scale 13; this model has scales 0 to 12"):
        engine.begin(PROMPT, search=SearchConfig(score_scales=(13,)))
