"""The loop: what is decoded, who lives on, and that one candidate's future is nobody else's business."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from engine_fakes import backend_of, fake_engine, finish
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ttsvar.config import SEARCHES, SearchConfig
from ttsvar.types import Component, ScaleSchedule, SearchState, Selection, Source, StepCost

PROMPT = "a photo of two red stars"


def bits_of(state: SearchState, name: str) -> list[bytes]:
    row = state.candidate_ids.index(name)
    return [b[row].numpy().tobytes() for b in state.bits]


def test_the_default_search_decodes_exactly_what_it_looks_at():
    engine = fake_engine()
    state = finish(engine, engine.begin(PROMPT))
    backend = backend_of(engine)
    assert backend.decoded == 8 + 6 + 4 + 2
    engine.best(state)
    assert backend_of(engine).decoded == 21
    engine.best(state)
    assert backend_of(engine).decoded == 21, "what was seen is remembered"


def test_the_papers_schedule_is_followed():
    engine = fake_engine()
    results = list(engine.run(PROMPT, search=SearchConfig(n=2)))
    assert [len(r.grown) for r in results] == [16, 16, 16, 12, 12, 12, 8, 4, 4, 4, 2, 2, 2]
    assert [len(r.proposal.parents) for r in results] == [16, 16, 12, 12, 12, 8, 4, 4, 4, 2, 2, 2, 2]
    assert [r.decision for r in results if r.decision] == ["cluster", "cluster", "resample", "resample"]
    assert all(r.keep == len(r.proposal.parents) and r.proposal.source == "strategy" for r in results)


def test_evidence_is_returned_where_something_is_decided():
    engine = fake_engine()
    for result in engine.run(PROMPT, search=SearchConfig(n=2)):
        seen = result.candidates
        clusters, draws = result.decision == "cluster", result.decision == "resample"
        assert (seen.labels is not None) == (seen.clustering_input is not None) == clusters
        assert (seen.probabilities is not None) == draws
        assert (seen.images is not None) == (clusters or draws or result.scale == 12)
        scored = ~result.grown.score_history.isnan()
        assert bool(scored[:, -1].all()) == (draws or result.scale == 12)
        if seen.probabilities is not None:
            assert float(seen.probabilities.sum()) == pytest.approx(1.0)
        words = result.proposal.reason
        assert words.endswith(".")
        assert words.startswith(f"{len(result.grown)} -> {result.keep}:") == bool(result.decision)


def test_costs_name_every_component_and_what_is_remembered_is_free():
    engine = fake_engine()
    state = engine.begin(PROMPT)
    results = []
    while not state.done:
        results.append(engine.step(state))
        state = engine.commit(results[-1])
    total = sum((r.cost for r in results), StepCost())
    assert set(total.parts) == {"transformer", "decode", "features", "reward", "selection"}
    assert total.parts[Component.DECODE].items == 20
    assert total.parts[Component.DECODE].flops == pytest.approx(20e5)
    assert total.parts[Component.TRANSFORMER].seconds > 0
    assert total.parts[Component.TRANSFORMER].peak_bytes >= 0
    seen, cost = engine.observe(results[2].grown, scores=False)
    assert "decode" not in cost.parts
    assert torch.equal(seen.images, results[2].candidates.images)  # type: ignore[arg-type]
    assert torch.equal(seen.labels, results[2].candidates.labels)  # type: ignore[arg-type]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_selection_then_continuation_equals_running_the_survivors_alone(data: st.DataObject):
    engine, search = fake_engine(), SearchConfig(strategy="raw", n=5)
    scale = data.draw(st.integers(0, 11))
    survivors = data.draw(st.sets(st.integers(0, 4), min_size=1).map(lambda s: tuple(sorted(s))))
    everyone = finish(engine, engine.begin(PROMPT, search=search, seed=3))
    chosen = finish(engine, engine.begin(PROMPT, search=search, seed=3), {scale: survivors})
    assert chosen.candidate_ids == tuple(f"c{i}" for i in survivors)
    for name in chosen.candidate_ids:
        assert bits_of(chosen, name) == bits_of(everyone, name)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 7), strategy=st.sampled_from(["raw", "best-of-n", "tts-var"]), seed=st.integers(0, 2**40))
def test_bits_do_not_change_with_n_or_the_fate_of_others(n: int, strategy: str, seed: int):
    engine = fake_engine()
    alone = finish(engine, engine.begin(PROMPT, search=SearchConfig(strategy="raw", n=8), seed=seed))
    other = finish(engine, engine.begin(PROMPT, search=SearchConfig(strategy=strategy, n=n), seed=seed))
    shared = set(other.candidate_ids) & set(alone.candidate_ids)
    assert shared or strategy == "tts-var"
    for name in shared:
        assert bits_of(other, name) == bits_of(alone, name)


def test_copies_keep_or_get_ids_and_diverge():
    engine = fake_engine()
    state = engine.begin(PROMPT, search=SearchConfig(strategy="raw", n=4))
    once = finish(engine, state, {6: (3, 0, 3, 3), 9: (1, 2, 2)})
    assert once.candidate_ids == ("c3", "c3.6b", "c3.6b.9b")
    assert once.choices[6] == (0, 3, 3, 3)
    first, copy, copied = (bits_of(once, name) for name in once.candidate_ids)
    assert first[:7] == copy[:7] == copied[:7]
    assert copy[:10] == copied[:10]
    assert first[7:] != copy[7:]
    assert copy[10:] != copied[10:]
    plain = finish(engine, state)
    assert bits_of(plain, "c3") == first, "the first copy lives on as if it had not been copied"


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_ids_are_unique_and_choices_name_states(data: st.DataObject):
    engine = fake_engine()
    state = engine.begin(PROMPT, search=SearchConfig(strategy="raw", n=3))
    seen_states, seen_ids = {state.id}, set(state.candidate_ids)
    while not state.done:
        result = engine.step(state)
        alive = len(result.grown)
        picks = data.draw(st.lists(st.integers(0, alive - 1), min_size=1, max_size=6))
        before = set(state.candidate_ids)
        state = engine.commit(result, Selection(tuple(picks)))
        assert engine.commit(result, Selection(tuple(reversed(picks)), Source.STRATEGY)).id == state.id
        assert len(set(state.candidate_ids)) == len(state.candidate_ids)
        assert not (set(state.candidate_ids) - before) & seen_ids, "an id is never used again"
        assert state.id not in seen_states
        assert result.grown.id not in seen_states
        seen_states |= {state.id, result.grown.id}
        seen_ids |= set(state.candidate_ids)
        assert state.score_history.shape == (len(state), state.scale)
        assert all(len(b) == len(state) for b in state.bits)


def test_rewind_and_rerun_is_bit_identical_and_branches_share_what_they_share():
    engine = fake_engine()
    states = [engine.begin(PROMPT, seed=5)]
    while not states[-1].done:
        states.append(engine.commit(engine.step(states[-1])))
    for start in (0, 3, 6, 10):
        again = finish(engine, states[start])
        assert again.id == states[-1].id
        assert again.candidate_ids == states[-1].candidate_ids
        assert all(torch.equal(a, b) for a, b in zip(again.bits, states[-1].bits, strict=True))
        assert torch.equal(again.score_history.nan_to_num(9), states[-1].score_history.nan_to_num(9))
    other = fake_engine()
    assert finish(other, other.begin(PROMPT, seed=5)).id == states[-1].id
    branch = finish(engine, states[2], {2: (0, 1)})
    assert branch.id != states[-1].id


def test_a_dropped_cache_changes_nothing():
    engine = fake_engine()
    state = dropped = engine.begin(PROMPT)
    while not state.done:
        state = engine.commit(engine.step(state))
        dropped = engine.commit(engine.step(replace(dropped, kv=None)))
        assert all(torch.equal(a, b) for a, b in zip(state.bits, dropped.bits, strict=True))
    assert backend_of(engine).restored == 13  # type: ignore[attr-defined]
    assert state.kv is None, "a finished state holds no cache"


def test_score_history_moves_with_the_candidate_and_observing_never_writes_it():
    engine = fake_engine()
    state = engine.begin(PROMPT, search=SearchConfig(n=2))
    while not state.done:
        result = engine.step(state)
        before = result.grown.score_history.clone()
        engine.observe(result.grown)
        assert torch.equal(before.nan_to_num(9), result.grown.score_history.nan_to_num(9))
        state = engine.commit(result)
        moved = result.grown.score_history[list(state.choices[-1])]
        assert torch.equal(moved.nan_to_num(9), state.score_history.nan_to_num(9))
    scored = [k for k in range(13) if not state.score_history[:, k].isnan().any()]
    assert scored == [6, 9, 12]


def test_a_person_may_keep_fewer_or_more_and_later_decisions_follow_the_schedule_or_keep_all():
    engine = fake_engine()
    state = engine.begin(PROMPT)
    alive = {}
    choices = {2: (0, 0, 1, 2, 3, 4, 5, 6, 7, 7), 6: (0,)}
    while not state.done:
        result = engine.step(state)
        alive[result.scale] = (len(result.grown), result.keep)
        state = engine.commit(result, Selection(choices[result.scale]) if result.scale in choices else None)
    assert alive[3] == (10, 10)
    assert alive[5] == (10, 4)
    assert alive[6] == (4, 2)
    assert alive[9] == (1, 1)
    assert len(state) == 1


def test_best_of_n_takes_the_highest_reward_and_raw_the_first():
    engine = fake_engine()
    done = finish(engine, engine.begin(PROMPT, search=SEARCHES["best-of-n"]))
    seen, _ = engine.observe(done)
    assert engine.best_index(done) == int(seen.scores.argmax())  # type: ignore[union-attr]
    assert np.array_equal(np.asarray(engine.best(done)), seen.images[engine.best_index(done)].numpy())  # type: ignore[index]
    raw = finish(engine, engine.begin(PROMPT, search=SearchConfig(strategy="raw", n=4)))
    assert engine.best_index(raw) == 0


def test_the_best_image_carries_its_recipe_through_a_saved_file():
    engine = fake_engine()
    state = finish(engine, engine.begin(PROMPT, seed=11))
    image = engine.best(state)
    file = io.BytesIO()
    image.save(file, format="PNG")
    recipe = json.loads(Image.open(file).text["ttsvar"])  # type: ignore[attr-defined]
    assert recipe == json.loads(image.info["ttsvar"])
    assert (recipe["prompt"], recipe["seed"], recipe["model"]) == (PROMPT, 11, "fake")
    assert recipe["state"] == state.id
    assert recipe["candidate"] == state.candidate_ids[0]
    assert recipe["choices"] == [list(c) for c in state.choices]


@pytest.mark.parametrize("name", sorted(SEARCHES))
def test_every_named_search_reaches_an_image(name: str):
    engine = fake_engine()
    state = finish(engine, engine.begin("a cup", search=SEARCHES[name]))
    assert engine.best(state).size == (8, 8)


@pytest.mark.parametrize("potential", ["value", "max", "sum", "diff"])
def test_every_potential_runs(potential: str):
    engine = fake_engine()
    state = finish(engine, engine.begin("a cup", search=SearchConfig(n=2, potential=potential)))
    assert len(state) == 2


def test_extractor_and_reward_see_chunks_of_one_shape():
    engine = fake_engine(chunk=3)
    finish(engine, engine.begin(PROMPT))
    extractor = engine._executor.holding().observer.extractors["pca"]
    assert extractor.shapes == {3}  # type: ignore[attr-defined]


def test_a_run_names_every_setting_and_keeps_its_id_of_before():
    engine = fake_engine()
    state = engine.begin("two red stars")
    search = state.run.search
    assert (search.cluster_scales, search.resample_scales) == ((2, 5), (6, 9))
    assert (search.cfg, search.tau, search.top_p, search.top_k) == (3.0, 0.5, 0.97, 2)
    assert state.id == "1f5a30e196790942"  # of a run saved when these were the defaults themselves
    assert engine.begin("two red stars", search=search).id == state.id


def test_a_model_of_ten_scales_searches_with_the_plan_of_ten():
    engine = fake_engine(schedule=ScaleSchedule(tuple((s, s) for s in (1, 2, 3, 4, 5, 6, 8, 10, 13, 16))))
    results = list(engine.run(PROMPT))
    assert [len(result.grown) for result in results] == [8, 8, 8, 6, 6, 4, 2, 2, 1, 1]
    assert {r.scale: r.decision for r in results if r.decision} == {
        2: "cluster", 4: "cluster", 5: "resample", 7: "resample",
    }  # fmt: skip
