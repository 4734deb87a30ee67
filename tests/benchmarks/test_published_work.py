"""The arm that does the work of the published loop draws what ours draws, and does the work that it is said to do."""

from __future__ import annotations

import pytest
import torch
from chunked_checks import engine_on
from engine_fakes import FakeReward
from tiny_infinity import tiny_backend

from benchmarks.published import OneByOne, PublishedWork
from ttsvar.config import SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.types import SearchState

PROMPT = "two red stars"


def arm() -> PublishedWork:
    own = tiny_backend()
    return PublishedWork(own.transformer, own.tokenizer, own.text_encoder, own.schedule, own.name, chunk=1)


def ended(engine: Engine, search: SearchConfig) -> SearchState:
    state = engine.begin(PROMPT, search=search, seed=3)
    while not state.done:
        state = engine.commit(engine.step(state))
    return state


@pytest.mark.parametrize("search", [search_config("raw"), SearchConfig(n=1), SearchConfig(n=2)], ids=str)
def test_both_arms_draw_the_same_bits(search: SearchConfig) -> None:
    ours, theirs = (ended(engine_on(backend), search) for backend in (tiny_backend(), arm()))
    same = [float((a == b).float().mean()) for a, b in zip(ours.bits, theirs.bits, strict=True)]
    assert min(same) > 0.99
    assert [b.shape for b in ours.bits] == [b.shape for b in theirs.bits]


def test_everybody_is_decoded_after_every_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, decoded = arm(), []
    images = backend._images
    monkeypatch.setattr(backend, "_images", lambda bits: decoded.append(len(bits[0])) or images(bits))
    ended(engine_on(backend), SearchConfig(n=1))
    assert decoded == [8, 8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1]
    decoded.clear()
    ended(engine_on(backend), search_config("raw"))
    assert decoded == []


def test_the_judge_is_shown_one_picture_at_a_time() -> None:
    pictures = torch.arange(3 * 8 * 8 * 3).remainder(251).to(torch.uint8).reshape(3, 8, 8, 3)
    reward = FakeReward()
    assert torch.equal(OneByOne(reward).score(pictures, PROMPT), reward.score(pictures, PROMPT))
