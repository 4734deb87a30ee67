"""Many draws from one pass: the bits of a beam for fewer passes, whatever becomes of the caches, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import tiny_var
import torch
from chunked_checks import check_ways_back, engine_on
from engine_fakes import fake_engine
from tiny_infinity import tiny_backend

from ttsvar.config import SEARCHES, SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.passes import pass_of
from ttsvar.storage.png import png_bytes, read_recipe
from ttsvar.storage.replay import replay
from ttsvar.types import Component, SearchState, Selection

DRAWS = search_config("many-draws", width=2, children=3, resample_scales=(3, 4, 6), n=1)
BACKENDS = {"infinity": tiny_backend(), "by-run": tiny_backend(chunk_by_run=True), "var": tiny_var.tiny_backend()}
PROMPTS = {"infinity": "two red stars", "by-run": "two red stars", "var": "tench"}


def ended(
    engine: Engine, prompt: str, search: SearchConfig, *, forget: bool = False, choices: dict[int, Any] | None = None
) -> list[SearchState]:
    """Every grown state of a search; `forget` drops the cache before each step."""
    state, found = engine.begin(prompt, search=search, seed=3), []
    while not state.done:
        result = engine.step(replace(state, kv=None) if forget and state.scale else state)
        found.append(result.grown)
        chosen = (choices or {}).get(result.scale)
        state = engine.commit(result, Selection(chosen) if chosen else None)
    return found


def same(one: list[SearchState], other: list[SearchState]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(torch.equal(a, b) for x, y in pairs for a, b in zip(x.bits, y.bits, strict=True))


def settings(kind: str, search: SearchConfig) -> SearchConfig:
    """A model of fewer scales decides at fewer, and draws so that few bits are settled."""
    scales = len(BACKENDS[kind].schedule)
    return replace(search, tau=4.0, top_p=1.0, resample_scales=tuple(k for k in (3, 4, 6) if k < scales - 1))


@pytest.mark.parametrize("kind", BACKENDS)
def test_the_bits_are_a_beams_for_one_pass_a_survivor(kind: str, monkeypatch: pytest.MonkeyPatch):
    backend, prompt, search = BACKENDS[kind], PROMPTS[kind], settings(kind, DRAWS)
    engine, passed = engine_on(backend), []
    beam = ended(engine, prompt, replace(search, strategy="beam"))
    chunk_logits = backend._chunk_logits
    monkeypatch.setattr(backend, "_chunk_logits", lambda *a: passed.append(a[0].scale) or chunk_logits(*a))
    many = ended(engine, prompt, search)
    assert same(many, beam)
    chunk = backend.chunk_of(many[0].run)
    planned = engine.cost(many[0].run).passes
    assert [passed.count(scale) for scale in range(len(many))] == [-(-count // chunk) for count in planned]
    assert planned[:7] == (1, 6, 6, 6, 2, 2, 6)[: len(planned)]
    assert same(ended(engine, prompt, search, forget=True), many), "rebuilt from the bits"


@pytest.mark.parametrize("kind", BACKENDS)
@pytest.mark.parametrize(
    "choices", [{3: (0, 1, 2, 3, 4, 5)}, {2: (1, 1, 4), 3: (0, 2)}, {0: (5, 5, 5)}], ids=["all", "few", "one"]
)
def test_a_person_may_choose_otherwise(kind: str, choices: dict[int, Any]):
    engine, search = engine_on(BACKENDS[kind]), settings(kind, DRAWS)
    many = ended(engine, PROMPTS[kind], search, choices=choices)
    assert same(many, ended(engine, PROMPTS[kind], replace(search, strategy="beam"), choices=choices))


def test_ways_back_find_the_rows_that_copies_share():
    for kind in BACKENDS:
        search = settings(kind, DRAWS)
        told: list[list[torch.Tensor]] = []
        for strategy in ("many-draws", "beam"):
            engine = engine_on(BACKENDS[kind])
            state = engine.begin(PROMPTS[kind], search=replace(search, strategy=strategy), seed=3)
            while state.scale < 4:
                result = engine.step(state)
                state = engine.commit(result)
            turned = [engine.again(result, (0, 3)), engine.redraw(state, 1, [[0]], from_scale=2, copies=3)]
            turned.append(engine.cross(state, 0, len(state) - 1, scale=1))
            bits = [engine.step(t).grown.bits for t in turned]
            told.append([part for parts in bits for part in parts])
        assert all(torch.equal(a, b) for a, b in zip(*told, strict=True))


def test_sharing_changes_nothing_of_other_strategies():
    check_ways_back(BACKENDS["infinity"], "two red stars")
    state = fake_engine().begin("two red stars", search=SEARCHES["beam"])
    assert pass_of(state) == tuple(range(len(state)))


def test_operations_are_those_of_the_passes_and_the_picture_is_replayed():
    engine = fake_engine(remember_bytes=0)
    state = engine.begin("two red stars", search=SEARCHES["many-draws"], seed=3)
    cost, taken = engine.cost(state.run), []
    while not state.done:
        result = engine.step(state)
        taken.append(result.cost.parts[Component.TRANSFORMER].flops / cost.grow[result.scale])
        state = engine.commit(result)
    assert taken == [1, 6, 6, 6, 6, 1, 1, 1, 1, 1, 1, 1, 1]
    assert cost.step(5, 6)[Component.TRANSFORMER] == cost.grow[5]
    *_, last = replay(fake_engine(), read_recipe(png_bytes(engine.best(state))))
    assert (last.differing, last.history.current.state.id) == (0, state.id)
