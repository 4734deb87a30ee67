"""What strategies share: going on, ranking, what is told as evidence; and the settings that named searches bring."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from engine_fakes import fake_engine

from ttsvar.choices import Decision
from ttsvar.config import SEARCHES, STRATEGIES, SearchConfig, search_config
from ttsvar.sampling import keyed_rng
from ttsvar.search.clustering import cluster
from ttsvar.search.explain import with_evidence
from ttsvar.search.potentials import probabilities
from ttsvar.search.rules import by_rank
from ttsvar.search.weights import log_weights
from ttsvar.turns import Account, Turn
from ttsvar.types import Scored, Selection, StepResult

PROMPT = "two red stars"


def stepped(search: SearchConfig, scale: int) -> StepResult:
    """The step after a scale, every proposal taken before it."""
    return next(r for r in fake_engine().run(PROMPT, search=search, seed=3) if r.scale == scale)


def test_named_searches_bring_these_settings() -> None:
    assert dict(STRATEGIES["importance-sampling"].settings) == {"n": 4}
    assert dict(STRATEGIES["until"].settings) == {"width": 1, "children": 4}
    assert dict(STRATEGIES["rewind"].settings) == {"width": 1, "children": 4, "score_scales": (4,)}
    assert dict(STRATEGIES["lookahead"].settings) == {"width": 1, "children": 8, "ahead": 4}
    half = {"n": 4, "resampling": "systematic", "ess_share": 0.5, "score_scales": ()}
    assert dict(STRATEGIES["smc"].settings) == {**half, "potential": "max"}
    assert SEARCHES["smc-diff"] == SearchConfig(strategy="smc", **half, potential="diff")  # type: ignore[arg-type]


def test_the_last_scale_says_who_is_the_final_image_and_no_other_does() -> None:
    results = list(fake_engine().run(PROMPT, search=search_config("best-of-n", n=3), seed=3))
    assert "scores highest of 3 and is the final image" in results[-1].proposal.reason
    assert results[-2].proposal.reason == "Nothing is decided after scale 11: all 3 go on."


def test_who_is_alone_has_nobody_to_be_chosen_from() -> None:
    first, *_ = fake_engine().run(PROMPT, search=search_config("raw"), seed=3)
    assert first.proposal.reason == "Only c0 is alive, so there is nothing to choose after scale 0."


def test_a_rank_counts_every_scale_before_this_one() -> None:
    result = stepped(search_config("beam", potential="sum", score_scales=()), 6)
    search = replace(result.grown.run.search, potential="sum")
    count = len(result.grown)
    history = torch.zeros(count, 3)
    history[0, 1] = 5.0  # of the last scale before this one
    grown = replace(result.grown, run=replace(result.grown.run, search=search), score_history=history)
    scores = torch.zeros(count)
    scores[1] = 1.0
    seen = Scored(images=torch.zeros(count, 1, 1, 3, dtype=torch.uint8), scores=scores)
    keep = search.width * search.n
    assert by_rank(grown, seen, keep).selection.parents[0] == 0
    assert "c0 (5.00)" in by_rank(grown, seen, keep).selection.reason


def test_what_is_told_beside_a_decision_is_what_it_would_go_by() -> None:
    engine = fake_engine()
    state = engine.commit(engine.step(engine.begin(PROMPT, search=search_config("tts-var"), seed=3)))
    grown = engine.step(state).grown
    seen, _ = engine.observe(grown)
    told = with_evidence(grown, replace(seen, labels=None, probabilities=None, clustering_input=None), 3)
    assert told.clustering_input is not None
    assert told.labels is not None
    assert torch.equal(told.labels, cluster(told.clustering_input, 3)[0])
    assert told.probabilities is not None
    assert torch.equal(told.probabilities, probabilities(log_weights(grown, seen.scores), 1.0))


def test_reward_drop_goes_by_the_reward_at_its_selection_and_draws_elsewhere() -> None:
    result = stepped(search_config("reward-drop", n=2), 6)
    assert result.decision is Decision.RESAMPLE
    assert "drawn by potential" in result.proposal.reason
    rule = STRATEGIES["reward-drop"]
    rng = keyed_rng(3, 6, "select", result.grown.id)
    assert rule.propose(result.grown, result.candidates, result.keep, rng).selection.parents == result.proposal.parents


@pytest.mark.parametrize("name", ["until", "rewind"])
def test_the_threshold_is_that_of_the_scale_that_was_just_drawn(name: str) -> None:
    result = next(
        r for r in fake_engine().run(PROMPT, search=search_config(name, threshold=-1000.0), seed=3) if r.decision
    )
    at, scales = result.scale, len(result.grown.run.schedule)
    never = tuple(1000.0 if k == at else -1000.0 for k in range(scales))
    free = Account(0.0, 1e30, lambda scale, count: 0.0)
    rule = STRATEGIES[name]
    for threshold, goes in ((never, True), (tuple(-t for t in never), False)):
        search = replace(result.grown.run.search, threshold=threshold)
        grown = replace(result.grown, run=replace(result.grown.run, search=search))
        back = rule.go_back(grown, result.candidates, Selection((0,)), free)
        assert isinstance(back, Turn) == goes
