"""Log-weights: added up while nobody is drawn, gone once somebody is; the same after any way back to a state."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from engine_fakes import LADDER, fake_engine
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.choices import RESAMPLINGS
from ttsvar.config import SEARCHES, ResolvedSearch, Sampling, SearchConfig
from ttsvar.engine.history import History
from ttsvar.engine.loop import Engine
from ttsvar.sampling import keyed_rng
from ttsvar.schedule import resolve_search
from ttsvar.search.resampling import resample
from ttsvar.search.weights import draws_at, effective_size, log_weights
from ttsvar.storage.runs import load_history, save_history
from ttsvar.types import Run, ScaleSchedule, SearchState, Selection, StepResult

NAN = math.nan
SCALES = (4, 6, 8)


def smc(**changes: object) -> ResolvedSearch:
    settings = {"strategy": "smc", "n": 4, "resample_scales": SCALES, "lam": 2.0, "cluster_scales": ()} | changes
    return resolve_search(SearchConfig(**settings), len(LADDER), Sampling())  # type: ignore[arg-type]


def made(search: ResolvedSearch, columns: dict[int, list[float]], choices: dict[int, tuple[int, ...]]) -> SearchState:
    """A state of 4 candidates just grown at scale 8, with these scores by scale, and these choices that changed any."""
    history = torch.full((4, 9), NAN)
    for scale, scores in columns.items():
        history[:, scale] = torch.tensor(scores)
    run = Run("m", "p", 0, search, ScaleSchedule(tuple((s, s) for s in LADDER)), (4,) * 13)
    picks = tuple(choices.get(k, (0, 1, 2, 3)) for k in range(8))
    return SearchState(run, "s", None, 9, ("c0", "c1", "c2", "c3"), (), history, choices=picks)


AT_4, AT_6, AT_8 = [0.0, 0.1, 0.2, 0.1], [0.3, 0.2, 0.2, 0.1], [0.5, 0.0, 0.1, 0.2]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("value", [0.0 + 0.3 + 0.5, 0.1 + 0.2 + 0.0, 0.2 + 0.2 + 0.1, 0.1 + 0.1 + 0.2]),
        ("diff", AT_8),  # the differences add up to the last score
        ("max", [0.0 + 0.3 + 0.5, 0.1 + 0.2 + 0.2, 0.2 + 0.2 + 0.2, 0.1 + 0.1 + 0.2]),
        ("sum", [0.0 + 0.3 + 0.8, 0.1 + 0.3 + 0.3, 0.2 + 0.4 + 0.5, 0.1 + 0.2 + 0.4]),
    ],
)
def test_weights_add_up_while_nobody_is_drawn(kind: str, expected: list[float]):
    state = made(smc(potential=kind, ess_share=0.1), {4: AT_4, 6: AT_6}, {})
    assert log_weights(state, torch.tensor(AT_8)).tolist() == pytest.approx([2 * v for v in expected], abs=1e-6)


def test_a_draw_or_a_persons_choice_makes_all_equal():
    scored = {4: AT_4, 6: AT_6}
    drawn_at_6 = made(smc(ess_share=0.1), scored, {6: (0, 0, 2, 3)})
    assert log_weights(drawn_at_6, torch.tensor(AT_8)).tolist() == pytest.approx([2 * v for v in AT_8])
    chosen_at_5 = made(smc(ess_share=0.1), scored, {5: (1, 2, 3, 3)})
    expected = [2 * (a + b) for a, b in zip(AT_6, AT_8, strict=True)]
    assert log_weights(chosen_at_5, torch.tensor(AT_8)).tolist() == pytest.approx(expected, abs=1e-6)


def test_a_draw_that_took_everybody_once_counts_as_a_draw():
    always = made(smc(ess_share=1.0), {4: AT_4, 6: AT_6}, {})
    assert log_weights(always, torch.tensor(AT_8)).tolist() == pytest.approx([2 * v for v in AT_8])
    apart = [9.0, 0.0, 0.0, 0.0]
    for share, before in ((0.5, AT_8), (0.2, [a + b for a, b in zip(apart, AT_8, strict=True)])):
        state = made(smc(ess_share=share), {6: apart}, {})
        assert log_weights(state, torch.tensor(AT_8)).tolist() == pytest.approx([2 * v for v in before], abs=1e-5)


def test_lambda_may_differ_by_scale():
    lam = (0.0,) * 6 + (3.0,) + (1.0,) * 6
    state = made(smc(lam=lam, ess_share=0.1), {4: [math.inf, 0.0, 0.0, 0.0], 6: AT_6}, {})
    expected = [3 * a + b for a, b in zip(AT_6, AT_8, strict=True)]
    assert log_weights(state, torch.tensor(AT_8)).tolist() == pytest.approx(expected, abs=1e-6)


def test_effective_size_by_hand():
    assert effective_size(torch.zeros(5)) == pytest.approx(5)
    assert effective_size(torch.tensor([0.0, -math.inf, -math.inf])) == pytest.approx(1)
    assert effective_size(torch.tensor([math.log(0.5), math.log(0.25), math.log(0.25)])) == pytest.approx(1 / 0.375)
    assert effective_size(torch.tensor([1e6, 1e6, math.nan])) == pytest.approx(2)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(0.05, 1.0), st.integers(1, 12))
def test_when_it_draws(weights: list[float], share: float, keep: int):
    log = torch.tensor(weights, dtype=torch.float64)
    assert 1 - 1e-9 <= effective_size(log) <= len(weights) + 1e-9
    draws = draws_at(smc(ess_share=share), log, keep)
    assert draws == (keep < len(weights) or share >= 1 or effective_size(log) < share * len(weights))


def through(engine: Engine, search: SearchConfig, seed: int = 0) -> dict[int, StepResult]:
    return {r.scale: r for r in engine.run("a cup", search=search, seed=seed)}


def test_a_search_that_never_draws_keeps_all_and_says_so():
    results = through(fake_engine(), smc(ess_share=0.01))
    for scale in SCALES:
        assert results[scale].proposal.parents == (0, 1, 2, 3)
        assert "All 4 go on with their weights" in results[scale].proposal.reason
    scores = results[8].grown.score_history
    chances = torch.softmax(2 * scores[:, list(SCALES)].double().sum(1), 0)
    assert results[8].candidates.probabilities is not None
    assert results[8].candidates.probabilities.tolist() == pytest.approx(chances.tolist())
    assert results[12].candidates.scores is not None, "the last scale is judged by reward alone"


@pytest.mark.parametrize("scheme", ["multinomial", "stratified", "systematic", "residual"])
def test_a_search_that_always_draws_says_how(scheme: str):
    reason = through(fake_engine(), smc(resampling=scheme, lam=500.0))[4].proposal.reason
    assert "drawn by potential value at lambda 500" in reason
    assert (scheme in reason) == (scheme != "multinomial")


def test_a_draw_names_the_lambda_of_its_own_scale():
    lam = tuple(10.0 + k for k in range(13))
    results = through(fake_engine(), smc(lam=lam))
    for scale in SCALES:
        assert f"at lambda {10 + scale}" in results[scale].proposal.reason


def test_a_search_draws_by_the_scheme_it_names():
    drawn = {}
    for scheme in RESAMPLINGS:
        result = through(fake_engine(), smc(resampling=scheme, n=16, lam=1.0))[4]
        chances = result.candidates.probabilities
        assert chances is not None
        key = (0, 4, "select", result.grown.id)
        assert result.proposal.parents == resample(chances, 16, keyed_rng(*key), scheme)
        drawn[scheme] = [resample(chances, 16, keyed_rng(*key), other) for other in RESAMPLINGS]
    assert all(len(set(picks)) == len(RESAMPLINGS) for picks in drawn.values()), "the schemes can be told apart here"


def test_few_that_count_are_reason_to_draw():
    results = through(fake_engine(), smc(ess_share=0.9, lam=500.0))
    assert "as the weights count for 1.0 of 4" in results[4].proposal.reason
    assert len(set(results[4].proposal.parents)) < 4


def test_weights_survive_a_save_and_a_rewind(tmp_path: Path):
    engine = fake_engine()
    history = History(engine.begin("a cup", search=smc(ess_share=0.01), seed=3))
    for _ in range(9):
        result = engine.step(history.current.state)
        history.add_result(result)
        history.add_state(engine.commit(result), result.proposal)
    before = history.node(history.path()[8].state.id)
    save_history(history, tmp_path)
    reopened = load_history(tmp_path).node(before.state.id)
    assert before.result is not None
    again = engine.step(replace(reopened.state, kv=None))
    assert again.proposal == before.result.proposal
    assert torch.equal(again.candidates.probabilities, before.result.candidates.probabilities)  # type: ignore[arg-type]


def test_a_persons_choice_at_a_decision_is_honoured_and_counts_as_a_draw():
    engine, search = fake_engine(), smc(ess_share=0.01)
    state = engine.begin("a cup", search=search)
    for _ in range(5):
        result = engine.step(state)
        state = engine.commit(result)
    state = engine.commit(result, Selection((0, 1, 1, 2)))
    assert state.candidate_ids[2] != state.candidate_ids[1]
    for _ in range(2):
        result = engine.step(state)
        state = engine.commit(result)
    own = torch.softmax(2 * result.candidates.scores.double(), 0)  # type: ignore[union-attr]
    assert result.scale == 6
    assert result.candidates.probabilities.tolist() == pytest.approx(own.tolist())  # type: ignore[union-attr]


def test_the_named_searches_differ_as_they_say():
    assert {SEARCHES[name].potential for name in ("smc", "smc-diff")} == {"max", "diff"}
    assert SEARCHES["smc-always"].ess_share == 1
    assert {SEARCHES[name].n for name in ("smc", "smc-diff", "smc-always")} == {4}
