"""What visitors met becomes one row: what went wrong, the slow waits, who got more than others, and memory."""

from __future__ import annotations

from engine_fakes import page_engine

from benchmarks.visitors import Heard, Search, drawn_again, p95, row
from ui.api import Api
from ui.session.store import SessionStore

FLAT = [100.0] * 40


def test_what_is_as_wanted_is_told_without_a_complaint() -> None:
    heard = [Heard(steps=10, waits={"select": [0.1] * 20, "step": [9.0]}), Heard(steps=15, full=3)]
    told = row(heard, FLAT, 10)
    assert (told["count"], told["wrong"], told["beyond"]) == (2, {}, "")
    assert told["notes"]["queue full"] == 3
    assert told["notes"]["p95 in seconds without the model"] == 0.1, "drawing is no such wait"


def test_each_fault_is_named() -> None:
    heard = [Heard(steps=10, waits={"progress": [2.0] * 20}, wrong={"lost": 1}), Heard(steps=30, wrong={"lost": 2})]
    told = row(heard, [100.0] * 30 + [200.0] * 10, 1)
    assert told["wrong"] == {"lost": 3}
    assert told["beyond"] == (
        "1 minutes, 10 are wanted; p95 without the model is 2.00 s, 1 s are wanted; one visitor drew 3.00 times as "
        "much as another; memory grew by 100% within the last half"
    )


def test_one_in_twenty_waits_longer_than_the_p95() -> None:
    assert p95([float(i) for i in range(1, 101)]) == 95
    assert p95([]) == 0


def test_another_visitors_candidates_are_told_from_ones_own() -> None:
    api = Api(SessionStore(page_engine()))
    run = api.begin("a cup", "tts-var", 1, 5)["run_id"]
    steps, kept = [], [[0, 0, 1, 1, 2, 2, 3, 3], None]
    for keep in kept:
        steps.append(api.step(run))
        api.select(run, keep)
    own = Search(prompt="a cup", seed=5, steps=steps, kept=kept)
    assert drawn_again(page_engine(), own)
    assert not drawn_again(page_engine(), Search(prompt="a cup", seed=6, steps=steps, kept=kept))
