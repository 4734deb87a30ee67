"""Who does the jobs of a sweep: this process, or actors on Ray."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError, EvaluationError
from ttsvar.evaluation.store import Row, Trace
from ttsvar.evaluation.worker import Job, Worker
from ttsvar.types import ScaleSchedule

Build = Callable[[], Worker]
"""Loads a worker; must be picklable to be sent to other processes."""
RETRIES = 3
RESTARTS = 10
"""How often a job is tried again, and an actor started again, before the sweep gives up."""


class Pool(Protocol):
    """Does jobs in any order; what a job gives does not depend on who does it."""

    def map(self, jobs: Sequence[Job]) -> Iterator[Row | Trace]:
        """The rows of these jobs, each as soon as it is there."""
        ...

    def sizes(self) -> ScaleSchedule:
        """The scales of the model that does the jobs."""
        ...

    def weights(self) -> str:
        """Of the workers."""
        ...

    def refusal(self, search: SearchConfig) -> str:
        """Why the model cannot run a search (it lacks the reward, or the scales), or nothing."""
        ...


def one_thread(build: Build) -> Worker:
    """A worker whose process computes on one thread, so that rounding and seconds are the same in every pool."""
    torch.set_num_threads(1)
    return build()


class InProcess:
    """Does one job after another here."""

    def __init__(self, build: Build) -> None:
        self.worker = one_thread(build)

    def map(self, jobs: Iterable[Job]) -> Iterator[Row | Trace]:
        """In the order of the jobs."""
        return (self.worker.do(job) for job in jobs)

    def sizes(self) -> ScaleSchedule:
        """The scales of the model here."""
        return self.worker.engine.schedule

    def weights(self) -> str:
        """Of the worker here."""
        return self.worker.weights

    def refusal(self, search: SearchConfig) -> str:
        """Why the model here cannot run a search, or nothing."""
        return self.worker.refusal(search)


class OnRay:
    """Does jobs on Ray actors that hold the models, one per GPU or core; a job whose actor dies is tried again.

    `address` is 'local' for actors on this machine, or that of a cluster whose nodes can import ttsvar.
    """

    def __init__(self, build: Build, address: str, actors: int | None = None, *, gpu: bool = False) -> None:
        ray = _import_ray()
        here = os.cpu_count() or 1
        if address == "local":
            # The pool's own bookkeeping takes a CPU of Ray's count, not of the machine.
            cpus = (actors or here) + 1
            root = str(Path(__file__).resolve().parents[2])
            environment = {"env_vars": {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}}
            ray.init(
                num_cpus=cpus, include_dashboard=False, runtime_env=environment, log_to_driver=False, logging_level=30
            )
        else:
            ray.init(address=address, log_to_driver=False, logging_level=30)
        there = ray.cluster_resources()
        count = actors or max(1, int(there.get("GPU", 0)) if gpu else int(there.get("CPU", 2)) - 1)
        remote = ray.remote(num_cpus=1, num_gpus=int(gpu), max_restarts=RESTARTS, max_task_retries=RETRIES)(_Actor)
        self._ray = ray
        self.actors: list[Any] = [remote.remote(build) for _ in range(count)]

    def map(self, jobs: Sequence[Job]) -> Iterator[Row | Trace]:
        """As they are done; raises EvaluationError where a job fails however often it is tried."""
        from ray.exceptions import RayError
        from ray.util import ActorPool

        pool: Any = ActorPool(self.actors)
        try:
            yield from pool.map_unordered(lambda actor, job: actor.do.remote(job), list(jobs))
        except RayError as error:
            reason = str(error).strip().splitlines()[-1]
            raise EvaluationError(
                f"A job failed on Ray {1 + RETRIES} times ({reason}). Rows written before are kept; mend the cause "
                "and run the same command again."
            ) from error

    def sizes(self) -> ScaleSchedule:
        """The scales of the model that the actors hold."""
        return self._ray.get(self.actors[0].sizes.remote())

    def weights(self) -> str:
        """Of the actors' workers, which are all alike."""
        return self._ray.get(self.actors[0].weights.remote())

    def refusal(self, search: SearchConfig) -> str:
        """Why the actors cannot run a search, or nothing."""
        return self._ray.get(self.actors[0].refusal.remote(search))

    def process_ids(self) -> list[int]:
        """Of the actors."""
        return self._ray.get([actor.process_id.remote() for actor in self.actors])

    def close(self) -> None:
        """Stop the actors, and Ray where this pool started it."""
        self._ray.shutdown()


class _Actor(InProcess):
    def do(self, job: Job) -> Row | Trace:
        return self.worker.do(job)

    def process_id(self) -> int:
        return os.getpid()


def _import_ray() -> Any:
    try:
        import ray
    except ImportError:
        raise ConfigError(
            "--ray needs Ray, which is not installed here; pip install -r requirements-ray.txt, or leave --ray out."
        ) from None
    return ray
