"""The sweep on Ray: the same rows as in one process, though one of two workers is killed while it works."""

from __future__ import annotations

import builtins
import os
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ttsvar.config import search_config
from ttsvar.errors import ConfigError, EvaluationError
from ttsvar.evaluation.bench.evaluate import build_worker
from ttsvar.evaluation.bench.pools import InProcess, OnRay
from ttsvar.evaluation.bench.prompts import evaluation_prompts
from ttsvar.evaluation.bench.store import Row, Store
from ttsvar.evaluation.bench.sweep import make_jobs, sweep
from ttsvar.families.load import LoadSettings

BUILD = partial(build_worker, "toybox", None, LoadSettings(device="cpu"))


def process_ids(pool: OnRay) -> list[int]:
    """Of the pool's actors."""
    ray = pytest.importorskip("ray")
    return ray.get([actor.__ray_call__.remote(lambda _: os.getpid()) for actor in pool.actors])


class WithOneKilled(OnRay):
    """Kills one of its workers as soon as the first row is there."""

    def map(self, jobs):
        victim = process_ids(self)[0]
        for place, row in enumerate(super().map(jobs)):
            if place == 0:
                os.kill(victim, signal.SIGKILL)
            yield row


def rows_of(path: Path, pool) -> list[Row]:
    store, weights = Store(path), pool.weights()
    jobs = make_jobs(
        [search_config("raw"), search_config("best-of-n", n=2)],
        evaluation_prompts(1)[:3],
        [0],
        model="toybox",
        weights=weights,
    )
    sweep(store, pool, jobs, model="toybox", weights=weights)
    found = [row for key in sorted({job.recipe for job in jobs}) for row in store.rows(key)]
    assert len(found) == len(jobs)
    return [_without_times(row) for row in found]


def _without_times(row: Row) -> Row:
    parts = {name: {k: part[k] for k in ("flops", "items")} for name, part in row.parts.items()}
    return replace(row, seconds=0.0, cpu_seconds=0.0, parts=parts)


@pytest.mark.slow
def test_two_workers_of_which_one_is_killed_give_the_rows_of_one_process(tmp_path):
    pytest.importorskip("ray", reason="Ray is an extra: pip install -r requirements-ray.txt")
    pool = WithOneKilled(BUILD, "local", 2)
    try:
        before = process_ids(pool)
        spread = rows_of(tmp_path / "spread.sqlite", pool)
        after = process_ids(pool)
    finally:
        pool.close()
    assert len(set(before)) == 2
    assert before[0] != after[0]
    assert spread == rows_of(tmp_path / "alone.sqlite", InProcess(BUILD))


class Unwell:
    """A pool whose only actor fails every time."""

    def __init__(self, error):
        self.error = error
        self.do = self

    def remote(self, job):
        raise self.error


def test_a_job_that_always_fails_stops_the_sweep_with_its_reason():
    exceptions = pytest.importorskip("ray.exceptions")
    pool = object.__new__(OnRay)
    pool.actors = [Unwell(exceptions.RayError("out of memory"))]
    jobs = make_jobs([search_config("raw")], evaluation_prompts(1), [0], model="toybox", weights="w")
    with pytest.raises(EvaluationError, match=r"4 times \(out of memory\).*kept"):
        list(pool.map(jobs))


@pytest.mark.slow
def test_workers_that_cannot_load_say_why(tmp_path):
    pytest.importorskip("ray", reason="Ray is an extra: pip install -r requirements-ray.txt")
    pool = OnRay(partial(build_worker, "absent", None, LoadSettings(device="cpu")), "local", 1)
    try:
        with pytest.raises(EvaluationError, match=r"cannot begin\. There is no model named 'absent'"):
            pool.weights()
    finally:
        pool.close()


@pytest.mark.parametrize(("address", "workers", "says"), [("local", 0, "--workers is 0"), ("127.0.0.1:1", 1, "nobody")])
def test_a_wrong_address_or_number_of_workers_is_explained_at_once(address, workers, says):
    pytest.importorskip("ray", reason="Ray is an extra: pip install -r requirements-ray.txt")
    with pytest.raises(ConfigError, match=says):
        OnRay(BUILD, address, workers)


def test_without_ray_the_message_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name == "ray":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigError, match=r"ttsvar-explorer\[ray\].*requirements-ray\.txt"):
        OnRay(BUILD, "local", 2)
