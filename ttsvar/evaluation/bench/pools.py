"""Who does the jobs of a sweep: this process, or actors on Ray."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError, EvaluationError
from ttsvar.evaluation.bench.store import Row, Trace
from ttsvar.evaluation.bench.worker import Job, Worker
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
        if actors is not None and actors < 1:
            raise ConfigError(f"--workers is {actors}; it must be at least 1.")
        here = os.cpu_count() or 1
        if address == "local":
            # The pool's own bookkeeping takes a CPU of Ray's count, not of the machine.
            cpus = (actors or here) + 1
            root = str(Path(__file__).resolve().parents[3])
            environment = {"env_vars": {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}}
            ray.init(
                num_cpus=cpus, include_dashboard=False, runtime_env=environment, log_to_driver=False, logging_level=30
            )
        else:
            _require_somebody(address)
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
            raise EvaluationError(
                f"A job failed on Ray {1 + RETRIES} times ({_reason(error)}). Rows written before are kept; mend the "
                "cause and run the same command again."
            ) from error

    def sizes(self) -> ScaleSchedule:
        """The scales of the model that the actors hold."""
        return self._ask("sizes")

    def weights(self) -> str:
        """Of the actors' workers, which are all alike."""
        return self._ask("weights")

    def refusal(self, search: SearchConfig) -> str:
        """Why the actors cannot run a search, or nothing."""
        return self._ask("refusal", search)

    def _ask(self, method: str, *values: Any) -> Any:
        """What the first actor answers; raises EvaluationError where it could not load what it holds."""
        from ray.exceptions import RayError

        try:
            return self._ray.get(getattr(self.actors[0], method).remote(*values))
        except RayError as error:
            raise EvaluationError(f"The workers on Ray cannot begin. {_reason(error)}") from error

    def close(self) -> None:
        """Stop the actors, and Ray where this pool started it."""
        self._ray.shutdown()


class _Actor(InProcess):
    def do(self, job: Job) -> Row | Trace:
        return self.worker.do(job)


def _reason(error: Exception) -> str:
    """The last line of what Ray tells of a failure on another process, without our modules' names."""
    return re.sub(r"^ttsvar\.\S+Error: ", "", str(error).strip().splitlines()[-1])


def _require_somebody(address: str) -> None:
    """Raise ConfigError where nobody listens at HOST:PORT; Ray itself would go on trying for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        message = f"--ray is {address!r}, and nobody answers there ({error}); start the cluster first."
        raise ConfigError(message) from error


def _import_ray() -> Any:
    try:
        import ray
    except ImportError:
        raise ConfigError(
            '--ray needs Ray, which is not installed here: pip install "ttsvar-explorer[ray]", or '
            "-r requirements-ray.txt, or leave --ray out."
        ) from None
    return ray
