"""Runs a room's tests over one mutant after another, each in a process of its own that begins with libraries loaded."""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import io
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from .operators import Mutant
from .rooms import ROOT

LIBRARIES = ("torch", "numpy", "PIL.Image", "sklearn.cluster", "hypothesis", "pytest", "safetensors.torch", "gradio")
"""Loaded once, before the first mutant; nothing of ours is among them."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow and not browser",
           "-o", "tmp_path_retention_policy=none", "--hypothesis-seed=0")  # fmt: skip
LEAST_SECONDS = 30.0
"""A mutant may take this long, or four times what the tests take without one; then it counts as noticed."""
PASSED, NOT_COLLECTED = 0, (4, 5)


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant: killed, survived, or killed by running for too long."""

    mutant: Mutant
    killed: bool
    seconds: float
    timed_out: bool = False


@dataclass
class _Turn:
    mutant: Mutant
    process: BaseProcess
    began: float
    limit: float


def load_libraries() -> None:
    """Import what every mutant's tests import, so that a process forked from this one starts at once."""
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", f"/tmp/hypothesis-mutants-{os.getuid()}")
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


def baseline(tests: Sequence[str]) -> float:
    """Seconds that the tests take on the code as it is; raises RuntimeError where they do not pass."""
    began = time.monotonic()
    process = _start(None, tests)
    process.join()
    if process.exitcode != PASSED:
        raise RuntimeError(f"the tests do not pass as they are (status {process.exitcode}): pytest {' '.join(tests)}")
    return time.monotonic() - began


def verdicts(todo: Sequence[tuple[Mutant, Sequence[str], float]], jobs: int, until: float) -> Iterator[Verdict]:
    """Run each mutant with its tests and what they take without it, `jobs` at once, until the clock says `until`."""
    waiting, running = list(reversed(todo)), list[_Turn]()
    while running or (waiting and time.monotonic() < until):
        while waiting and len(running) < jobs and time.monotonic() < until:
            mutant, tests, seconds = waiting.pop()
            limit = max(LEAST_SECONDS, 4 * seconds * jobs)
            running.append(_Turn(mutant, _start(mutant, tests), time.monotonic(), limit))
        time.sleep(0.05)
        for turn in list(running):
            seconds = time.monotonic() - turn.began
            late = turn.process.exitcode is None and seconds > turn.limit
            if late:
                turn.process.kill()
                turn.process.join()
            if turn.process.exitcode is not None:
                running.remove(turn)
                yield Verdict(turn.mutant, late or turn.process.exitcode != PASSED, seconds, late)


def _start(mutant: Mutant | None, tests: Sequence[str]) -> BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=_test, args=(mutant, list(tests)))
    process.start()
    return process


def _test(mutant: Mutant | None, tests: list[str]) -> None:
    """In the forked process: install the mutant, run the tests, leave with pytest's status."""
    pytest: ModuleType = importlib.import_module("pytest")
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    if mutant is not None:
        _install(ROOT / mutant.path, mutant.applied((ROOT / mutant.path).read_bytes()))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = int(pytest.main([*OPTIONS, *tests]))
    os._exit(99 if mutant is None and status in NOT_COLLECTED else status)


def _install(path: Path, changed: bytes) -> None:
    """Let the import system read other bytes for one file; no file is written, and no other process sees them."""
    loader = importlib.machinery.SourceFileLoader
    honest = loader.get_data

    def get_data(self: importlib.machinery.SourceFileLoader, name: str) -> bytes:
        place = Path(name)
        if place.parent == path.parent / "__pycache__" and place.name.split(".")[0] == path.stem:
            raise OSError("compiled from the file as it was")
        return changed if place == path else honest(self, name)

    loader.get_data = get_data  # type: ignore[method-assign]
