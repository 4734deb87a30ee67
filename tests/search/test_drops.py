"""TTS-VAR's schedule with something else in place of a clustering: chance, as a control, or the reward."""

from __future__ import annotations

from engine_fakes import fake_engine

from ttsvar.choices import Decision
from ttsvar.config import SEARCHES, STRATEGIES, SearchConfig, search_config
from ttsvar.engine.recipe import run_from_json, run_to_json
from ttsvar.sampling import keyed_rng
from ttsvar.types import Component, StepResult

PROMPT = "a photo of a red star"


def searched(search: SearchConfig, seed: int = 0) -> list[StepResult]:
    return list(fake_engine().run(PROMPT, search=search, seed=seed))


def test_chance_keeps_as_many_as_clustering_looks_at_nothing_and_goes_by_its_key() -> None:
    control, paper = searched(SEARCHES["random-drop"]), searched(SEARCHES["tts-var"])
    assert [r.keep for r in control] == [r.keep for r in paper]
    for k in (2, 5):
        result = control[k]
        assert result.decision is Decision.SELECT
        assert result.cost.parts.keys().isdisjoint({Component.DECODE, Component.FEATURES, Component.REWARD})
        drawn = keyed_rng(0, k, "select", result.grown.id).choice(len(result.grown), result.keep, replace=False)
        assert result.proposal.parents == tuple(sorted(int(i) for i in drawn))
    assert control[2].proposal.reason.startswith("8 -> 6: by chance alone; c")
    assert [control[k].decision for k in (6, 9)] == [Decision.RESAMPLE] * 2
    assert {searched(SEARCHES["random-drop"], seed)[2].proposal.parents for seed in range(6)} != {(0, 1, 2, 3, 4, 5)}


def test_chance_drops_each_candidate_as_often() -> None:
    step = searched(SEARCHES["random-drop"])[2]
    rule, counts, times = STRATEGIES["random-drop"], [0] * 8, 2000
    for i in range(times):
        for parent in rule.propose(step.grown, step.candidates, 6, keyed_rng("drops", i)).selection.parents:
            counts[parent] += 1
    assert all(abs(count / times - 6 / 8) < 0.05 for count in counts)


def test_the_reward_decides_at_the_last_clustering_scale_only() -> None:
    results = searched(search_config("reward-drop", n=2))
    assert [results[k].decision for k in (2, 5, 6, 9)] == ["cluster", "select", "resample", "resample"]
    picked = results[5]
    scores = picked.candidates.scores
    assert scores is not None
    best = sorted(scores.argsort(descending=True, stable=True)[: picked.keep].tolist())
    assert list(picked.proposal.parents) == best
    assert len(set(picked.proposal.parents)) == picked.keep
    assert "the best by potential value" in picked.proposal.reason


def test_draws_without_replacement_copy_nobody() -> None:
    results = searched(search_config("tts-var", n=4, resampling="without-replacement", lam=500.0))
    for k in (6, 9):
        assert len(set(results[k].proposal.parents)) == results[k].keep < len(results[k].grown)
    assert "at lambda 500, without replacement: c" in results[6].proposal.reason
    run = results[0].grown.run
    assert run_from_json(run_to_json(run)).search.resampling == "without-replacement"
