"""Beam search: the best survive, share out the copies, and their copies go apart."""

from __future__ import annotations

import math

import pytest
import torch
from engine_fakes import fake_engine
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.config import SEARCHES, STRATEGIES, SearchConfig
from ttsvar.errors import ConfigError, ScheduleError
from ttsvar.schedule import decision_scales, default_batch, resolve_batch
from ttsvar.search.reasons import select_reason
from ttsvar.search.rules import best_copies


def test_copies_by_hand():
    values = [0.1, 0.9, 0.5, 0.9]
    assert best_copies(values, 2, 8) == (1, 1, 1, 1, 3, 3, 3, 3)
    assert best_copies(values, 2, 5) == (1, 1, 1, 3, 3), "the better one gets what is over; the earlier of equals"
    assert best_copies(values, 3, 3) == (1, 2, 3)
    assert best_copies(values, 3, 2) == (1, 3), "no more survivors than places"
    assert best_copies([math.nan, -math.inf, 0.0], 2, 2) == (1, 2), "what has no number comes last"


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=10), st.integers(1, 10), st.integers(1, 20))
def test_survivors_are_the_best_and_share_evenly(values: list[float], width: int, keep: int):
    parents = best_copies(values, width, keep)
    assert len(parents) == keep
    assert list(parents) == sorted(parents)
    counts = {i: parents.count(i) for i in parents}
    assert len(counts) == min(width, keep, len(values))
    assert max(counts.values()) - min(counts.values()) <= 1
    assert min(values[i] for i in counts) >= max((v for i, v in enumerate(values) if i not in counts), default=-9)


def test_the_population_is_width_times_children_until_the_last_decision():
    schedule = fake_engine().schedule
    search = SearchConfig(strategy="beam", width=3, children=2, resample_scales=(1, 4))
    assert resolve_batch(search, schedule) == (6,) * 4 + (3,) * 9
    assert resolve_batch(SearchConfig(strategy="beam", n=2), schedule) == (16,) * 9 + (4,) * 4
    assert resolve_batch(SEARCHES["greedy"], schedule) == (4,) * 9 + (1,) * 4
    with pytest.raises(ScheduleError, match="beam decides nothing there"):
        resolve_batch(SearchConfig(strategy="beam", batch=(8,) * 3 + (2,) * 10), schedule)
    with pytest.raises(ConfigError, match="width is 0"):
        SearchConfig(width=0)


def test_a_run_keeps_the_best_and_its_children_go_apart():
    engine = fake_engine()
    results = {r.scale: r for r in engine.run("a cup", search=SearchConfig(strategy="beam"), seed=2)}
    decided = results[6]
    assert decided.decision == "select"
    scores = decided.candidates.scores
    assert scores is not None
    best = torch.argsort(scores, descending=True, stable=True)[:2].tolist()
    assert decided.proposal.parents == tuple(sorted([*best] * 4))
    assert decided.candidates.probabilities is not None
    children = results[7].grown
    assert len(set(children.candidate_ids)) == 8
    first = [i for i, p in enumerate(decided.proposal.parents) if p == decided.proposal.parents[0]]
    drawn = {children.bits[7][i].numpy().tobytes() for i in first}
    assert len(drawn) == 4, "children of one parent at one scale differ by their ids"
    assert all(torch.equal(children.bits[6][i], children.bits[6][first[0]]) for i in first)
    assert len(results[10].grown) == 2
    assert len(results[12].grown) == 2
    assert results[12].candidates.scores is not None


def test_greedy_is_a_beam_of_one():
    results = {r.scale: r for r in fake_engine().run("a cup", search=SEARCHES["greedy"])}
    assert len(set(results[6].proposal.parents)) == 1
    assert len(results[6].proposal.parents) == 4
    assert len(results[12].grown) == 1


def test_reasons_of_a_selection():
    ids = ("c0", "c1", "c2", "c3")
    assert select_reason(ids, [0.1, 1.2, 0.98, 0.0], (1, 1, 2, 2), "value") == (
        "4 -> 4: the best by potential value: c1 (1.20) and c2 (0.98), twice each; c0 and c3 were dropped."
    )
    assert select_reason(ids, [0.1, 1.2, 0.98, 0.0], (1, 1, 2), "max") == (
        "4 -> 3: the best by potential max: c1 (1.20) and c2 (0.98), 1 to 2 times each; c0 and c3 were dropped."
    )
    assert select_reason(ids[:2], [0.1, 0.2], (0, 1), "sum") == (
        "2 -> 2: the best by potential sum: c1 (0.20) and c0 (0.10)."
    )


def test_early_pick_looks_once_where_the_layout_is_settled_and_copies_nobody():
    engine = fake_engine()
    results = {r.scale: r for r in engine.run("a cup", search=SEARCHES["early-pick"], seed=4)}
    assert {k for k, r in results.items() if r.decision} == {5}
    assert {k for k, r in results.items() if r.candidates.images is not None} == {5, 12}
    assert [len(results[k].grown) for k in (0, 5, 6, 12)] == [12, 12, 2, 2]
    scores = results[5].candidates.scores
    assert scores is not None
    assert set(results[5].proposal.parents) == set(torch.topk(scores, 2).indices.tolist())
    assert decision_scales(SEARCHES["early-pick"], 10) == ((2, 4), (4,))
    assert default_batch(SEARCHES["early-pick"], 10) == (12,) * 4 + (2,) * 6


def test_a_beam_that_never_decides_draws_its_width():
    assert STRATEGIES["beam"].default_batch(SEARCHES["beam"], [None] * 3) == (SEARCHES["beam"].width,) * 3
