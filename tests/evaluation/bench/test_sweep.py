from __future__ import annotations

from dataclasses import replace

import pytest
from sweep_fakes import ARMS, fake_worker, row

from ttsvar.config import search_config
from ttsvar.evaluation.bench.pools import InProcess
from ttsvar.evaluation.bench.prompts import EvaluationPrompt, evaluation_prompts
from ttsvar.evaluation.bench.store import Store
from ttsvar.evaluation.bench.sweep import COSTS, expected_work, in_turn, make_jobs, matched_best_of_n, sweep

PROMPTS = evaluation_prompts(1)
WITHOUT_TIMES = {"seconds": 0.0, "cpu_seconds": 0.0, "parts": {}}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "rows.sqlite")


@pytest.fixture(scope="module")
def pool():
    return InProcess(fake_worker)


def jobs(arms=ARMS, prompts=PROMPTS, seeds=(0,), **changes):
    return make_jobs(arms.values(), prompts, seeds, model="fake", weights="w", **changes)


def run(store, pool, todo):
    return sweep(store, pool, todo, model="fake", weights="w")


def contents(store, todo):
    return [replace(r, **WITHOUT_TIMES) for key in sorted({j.recipe for j in todo}) for r in store.rows(key)]


@pytest.mark.slow
def test_there_is_one_row_for_every_image(store, pool):
    todo = jobs(seeds=(0, 1))
    assert run(store, pool, todo) == len(PROMPTS) * len(ARMS) * 2
    assert store.keys() == {job.key for job in todo}


@pytest.mark.slow
def test_arms_that_are_the_same_search_share_their_images(store, pool):
    again = {**ARMS, "the same under another name": search_config("tts-var", n=2, lam=10.0)}
    assert len(jobs(again)) == len(jobs())
    run(store, pool, jobs())
    assert run(store, pool, jobs({"other experiment": ARMS["raw"], "new": search_config("tts-var")})) == len(PROMPTS)


class Killed(InProcess):
    """A pool that dies after some rows."""

    def __init__(self, rows, error=KeyboardInterrupt):
        super().__init__(fake_worker)
        self.rows, self.error = rows, error

    def map(self, todo):
        for place, entry in enumerate(super().map(todo)):
            if place == self.rows:
                raise self.error
            yield entry


@pytest.mark.slow
def test_a_stopped_sweep_goes_on_without_losing_or_repeating_a_row(store, pool, tmp_path, capsys):
    todo = jobs(seeds=(0, 1))
    with pytest.raises(KeyboardInterrupt):
        run(store, Killed(5), todo)
    assert f"5 of {len(todo)} images" in capsys.readouterr().err
    assert len(store.keys()) == 5
    assert run(store, pool, todo) == len(todo) - 5
    assert run(store, pool, todo) == 0
    whole = Store(tmp_path / "whole.sqlite")
    run(whole, pool, todo)
    assert contents(store, todo) == contents(whole, todo)


def test_traces_are_resumed_as_rows_are(store, pool):
    arms = {"candidates": search_config("best-of-n", n=3)}
    run(store, pool, jobs(arms, PROMPTS[:2]))
    todo = jobs(arms, PROMPTS[:2], trace=True)
    assert run(store, pool, todo) == 2
    assert run(store, pool, todo) == 0
    scores = store.traces(todo[0].recipe)[0].scores
    assert (len(scores), {len(s) for s in scores}) == (3, {13})


def test_categories_take_turns():
    def asked(tag, name):
        return EvaluationPrompt(name, tag, {})

    prompts = [asked("a", "1"), asked("a", "2"), asked("a", "3"), asked("b", "4")]
    assert [p.prompt for p in in_turn(prompts)] == ["1", "4", "2", "3"]


def test_repeated_sentences_draw_other_noise():
    prompts = [p for p in evaluation_prompts(12) if p.tag == "single_object"]
    assert len({p.prompt for p in prompts}) == 10
    assert len(jobs({"raw": ARMS["raw"]}, prompts)) == 12


def test_more_candidates_are_more_work(pool):
    work = [
        expected_work(search, pool.sizes())
        for search in (ARMS["raw"], *(search_config("best-of-n", n=n) for n in (2, 8)))
    ]
    assert work[0] < work[1] < work[2]


def test_best_of_n_is_matched_to_the_cost_of_another_arm():
    arms = {"raw": search_config("raw"), "plain": search_config("best-of-n", n=8), "guided": search_config("tts-var")}
    taken = {"raw": 0.3, "plain": 1.7, "guided": 2.3}
    rows = {label: [row(seconds=99.0, cpu_seconds=seconds)] for label, seconds in taken.items()}
    seconds = COSTS["seconds"]
    matched = matched_best_of_n(arms, rows, "guided", seconds)
    assert matched is not None
    assert matched == search_config("best-of-n", n=11)
    assert matched_best_of_n(arms, rows | {"plain": []}, "guided", seconds) is None
    assert matched_best_of_n(arms, rows, "absent", seconds) is None
    on_a_gpu = {label: [row(seconds=seconds, cpu_seconds=0.0)] for label, seconds in taken.items()}
    assert matched_best_of_n(arms, on_a_gpu, "guided", seconds) == matched
    drawn = {"raw": (5.0, 1.0), "plain": (40.0, 8.0), "guided": (60.0, 4.0)}
    rows = {label: [row(flops=flops, parts={"transformer": {"flops": own}})] for label, (flops, own) in drawn.items()}
    assert matched_best_of_n(arms, rows, "guided", COSTS["FLOPs"]) == search_config("best-of-n", n=12)
    assert matched_best_of_n(arms, rows, "guided", COSTS["transformer FLOPs"]) == search_config("best-of-n", n=4)
