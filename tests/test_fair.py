"""A lock that goes round: first come, first served, a chunk at a time, and stopped between two chunks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from chunked_checks import engine_on, raw
from tiny_infinity import tiny_backend

from ttsvar import fair
from ttsvar.errors import StoppedError
from ttsvar.fair import FairLock, give_way, stopping, waited
from ttsvar.types import Selection, Source


def started(*works: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    return threads


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_those_who_compute_take_turns_chunk_by_chunk() -> None:
    lock, order = FairLock(), list[str]()
    ready = threading.Event()

    def work(name: str) -> None:
        with lock.turn():
            ready.wait(20)
            for _ in range(3):
                give_way()
                order.append(name)

    threads = []
    for count, name in enumerate("abc"):
        threads += started(lambda name=name: work(name))
        until(lambda count=count: lock._held and lock.waiting == count)
    ready.set()
    for thread in threads:
        thread.join()
    assert order == ["a", "b", "c"] * 3
    assert not lock._held


def test_whoever_came_first_is_served_first() -> None:
    lock, order = FairLock(), list[int]()

    def work(number: int) -> None:
        with lock.turn():
            order.append(number)

    threads = []
    with lock.turn():
        for number in range(6):
            threads += started(lambda number=number: work(number))
            until(lambda number=number: lock.waiting == number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_waiting_for_others_is_told_apart_from_computing() -> None:
    lock, go = FairLock(), threading.Event()

    def other() -> None:
        with lock.turn():
            go.wait(0.05)

    before = waited()
    with lock.turn():
        give_way()
        assert waited() - before < 0.04
        threads = started(other)
        until(lambda: lock.waiting == 1)
        assert lock.busy
        give_way()
    threads[0].join()
    assert waited() - before >= 0.04
    assert not lock.busy


def test_an_error_frees_the_lock_for_the_next() -> None:
    lock = FairLock()
    with pytest.raises(ValueError, match="once"), lock.turn():
        raise ValueError("once")
    with lock.turn():
        pass


def test_what_is_not_wanted_any_more_stops_between_two_chunks() -> None:
    give_way()
    with stopping(lambda: False):
        give_way()
        with pytest.raises(StoppedError), stopping(lambda: True):
            give_way()
        give_way()
    assert fair._here.unwanted is None


def test_two_runs_by_turns_draw_the_bits_that_each_draws_alone() -> None:
    engine = engine_on(tiny_backend())
    alone = [engine.step(engine.begin("a cup", search=raw(6), seed=seed)).grown for seed in range(2)]
    again: dict[int, object] = {}

    def draw(seed: int) -> None:
        state = engine.begin("a cup", search=raw(6), seed=seed)
        for _ in range(3):
            result = engine.step(state)
            state = engine.commit(result)
        again[seed] = state.bits[0]

    for thread in started(lambda: draw(0), lambda: draw(1)):
        thread.join()
    assert all(again[seed].equal(alone[seed].bits[-1]) for seed in range(2))  # type: ignore[attr-defined]


def test_a_choice_waits_for_nobody_who_computes() -> None:
    engine = engine_on(tiny_backend())
    result = engine.step(engine.begin("a cup", search=raw(6), seed=0))
    with engine._executor._lock.turn():
        done: list[object] = []
        threads = started(lambda: done.append(engine.commit(result, Selection((0, 2), Source.USER, "mine"))))
        threads[0].join(20)
        assert done
