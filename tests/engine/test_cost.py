"""What a run takes follows from shapes: it agrees with what steps count, calls no model, and costs next to nothing."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from chunked_checks import engine_on
from engine_fakes import fake_engine
from tiny_infinity import tiny_backend

from ttsvar.config import SEARCHES, SearchConfig
from ttsvar.types import Component

PROMPT = "a photo of two red stars"


@pytest.mark.parametrize("scored", [(), (4, 5)])
@pytest.mark.parametrize("name", ["raw", "best-of-n", "tts-var", "beam", "early-pick", "many-draws", "lookahead"])
def test_a_step_takes_what_the_model_says(name: str, scored: tuple[int, ...]):
    engine = fake_engine(remember_bytes=0)
    state = engine.begin(PROMPT, search=replace(SEARCHES[name], score_scales=scored))
    cost = engine.cost(state.run)
    while not state.done:
        result = engine.step(state)
        expected = cost.step(result.scale, len(result.grown))
        if state.scale == len(state.run.schedule) - 1 and len(state) == 1:
            # The picture that comes out is decoded when it is asked for.
            del expected[Component.DECODE]
        taken = {part: c.flops for part, c in result.cost.parts.items() if c.flops}
        assert taken == pytest.approx(expected)
        state = engine.commit(result)


def test_a_whole_run_is_its_steps_and_raw_is_one_image():
    engine = fake_engine()
    run = engine.begin(PROMPT).run
    cost, alive = engine.cost(run), [8] * len(run.schedule)
    assert cost.steps(alive) == tuple(cost.step(k, 8) for k in range(len(alive)))
    assert Component.DECODE in cost.step(len(alive) - 1, 1)
    plain = engine.begin(PROMPT, search=SearchConfig(strategy="raw")).run
    assert cost.raw == sum(sum(work.values()) for work in engine.cost(plain).steps([1] * len(alive)))
    assert engine.cost(run) is cost


def test_longer_prompts_take_more_and_the_longer_of_two_texts_counts():
    backend = tiny_backend()
    engine = engine_on(backend)

    def grown(prompt: str, **changes: Any) -> float:
        return engine.cost(engine.begin(prompt, search=SearchConfig(strategy="raw", **changes)).run).grow[3]

    assert grown("a red star and a cup") > grown("a star")
    assert grown("a star", negative="blue green cup and house") == grown("a blue green cup house")
    assert grown("a star", negative="blue green cup and house", cfg=1.0) == grown("a star", cfg=1.0)


def test_ten_thousand_prices_take_no_model_and_less_than_one_step():
    backend = tiny_backend()
    engine = engine_on(backend)
    state = engine.begin(PROMPT)
    encoded = backend.text_encoder.calls  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        for verb in ("begin", "grow", "select", "decode", "restore", "_condition", "_digest"):
            patch.setattr(backend, verb, lambda *_, **__: pytest.fail("a price called the model"))
        began = time.perf_counter()
        for _ in range(10_000):
            engine.cost(state.run).step(5, 8)
        took = time.perf_counter() - began
    assert backend.text_encoder.calls == encoded  # type: ignore[attr-defined]
    began = time.perf_counter()
    engine.step(state)
    step = time.perf_counter() - began
    assert took / 10_000 < step / 20
