"""Looking ahead: what is judged is the likeliest finish, and nothing of it is left in the search."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from chunked_checks import engine_on, raw
from engine_fakes import fake_engine
from tiny_infinity import tiny_backend

from ttsvar.config import SEARCHES, STRATEGIES, search_config
from ttsvar.types import Component, Selection

PROMPT = "two red stars"
BACKEND = tiny_backend()
LOOK = search_config("lookahead", tau=2.0, top_p=1.0, children=4)


@pytest.mark.parametrize("strategy", ["lookahead", "many-draws"])
@pytest.mark.parametrize("ahead", [2, 63])
def test_the_reward_judges_the_likeliest_finish(strategy: str, ahead: int):
    engine = engine_on(BACKEND)
    search = replace(LOOK, strategy=strategy, ahead=ahead, resample_scales=(5,))
    state = engine.begin(PROMPT, search=search, seed=3)
    while state.scale < 5:
        state = engine.commit(engine.step(state))
    result = engine.step(state)
    everyone = engine.commit(result, Selection(tuple(range(4))))
    likeliest = replace(everyone.run.search, strategy="raw", top_k=1)
    finished = replace(everyone, run=replace(everyone.run, search=likeliest))
    while finished.scale < min(6 + ahead, 13):
        finished = engine.commit(engine.step(finished))
    judged, _ = engine.judge(finished, "image-reward")
    assert result.candidates.scores is not None
    assert torch.equal(result.candidates.scores, judged)
    assert torch.equal(result.grown.score_history[:, 5], judged)
    as_it_is, _ = engine.judge(result.grown, "image-reward")
    assert not torch.equal(as_it_is, judged)
    assert result.candidates.images is None, "those of the finish are no pictures of these candidates"


def test_what_is_drawn_is_what_it_would_have_been():
    engine = engine_on(BACKEND)
    state = engine.begin(PROMPT, search=LOOK, seed=3)
    while not state.done:
        state = engine.commit(engine.step(state))
    plain = engine.begin(PROMPT, search=raw(4, tau=2.0, top_p=1.0), seed=3)
    while not plain.done:
        plain = engine.commit(engine.step(plain))
    row = plain.candidate_ids.index(state.candidate_ids[0])
    assert all(torch.equal(a[0], b[row]) for a, b in zip(state.bits, plain.bits, strict=True))


def test_what_is_ahead_is_paid_for_where_the_reward_decides_alone():
    engine = fake_engine(remember_bytes=0)
    run = engine.begin(PROMPT, search=SEARCHES["lookahead"]).run
    cost, without = (
        engine.cost(replace(run, search=replace(run.search, ahead=ahead))).step(5, 8)[Component.TRANSFORMER]
        for ahead in (4, 0)
    )
    assert cost - without == 8 * sum(engine.cost(run).grow[6:10])
    clustered = engine.begin(PROMPT, search=search_config("tts-var", ahead=3)).run
    rule = STRATEGIES["tts-var"]
    assert [rule.looks_ahead(clustered, k) for k in (2, 5, 6, 9, 11, 12)] == [0, 0, 3, 3, 0, 0]
