"""Runs a room's tests over one mutant after another, each in a process of its own that begins with libraries loaded."""

from __future__ import annotations

import contextlib
import importlib
import importlib.machinery
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from .operators import Mutant
from .rooms import ROOT, Room
from .touched import Chosen, Recorder, Touched

LIBRARIES = ("torch", "numpy", "PIL.Image", "sklearn.cluster", "hypothesis", "safetensors.torch", "gradio")
"""Loaded once, before the first mutant; nothing of ours is among them."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not browser",
           "-o", "tmp_path_retention_policy=none", "--hypothesis-seed=0",
           "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
LEAST_SECONDS = 30.0
"""A mutant may take this long and four times what its tests take without it; then it counts as noticed."""
PASSED = 0


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


def touched(room: Room) -> Touched:
    """Which of a room's tests run through which lines; raises RuntimeError where they do not pass as they are."""
    with tempfile.TemporaryDirectory() as folder:
        kept, said = Path(folder) / "touched.json", Path(folder) / "pytest.txt"
        process = multiprocessing.get_context("fork").Process(target=_follow, args=(room, kept, said))
        process.start()
        process.join()
        if process.exitcode != PASSED:
            raise RuntimeError(f"the tests of {room.name} do not pass as they are:\n{said.read_text()[-4000:]}")
        return Touched.read(kept)


def verdicts(todo: Sequence[tuple[Mutant, Touched]], jobs: int, until: float) -> Iterator[Verdict]:
    """Run each mutant with the tests that it can change, `jobs` at once, until the clock says `until`."""
    waiting, running = list(reversed(todo)), list[_Turn]()
    while running or (waiting and time.monotonic() < until):
        while waiting and len(running) < jobs and time.monotonic() < until:
            mutant, room = waiting.pop()
            tests = room.tests_of(mutant)
            if not tests:
                yield Verdict(mutant, False, 0.0)
                continue
            limit = LEAST_SECONDS + 4 * jobs * sum(room.seconds[test] for test in tests)
            process = multiprocessing.get_context("fork").Process(target=_test, args=(mutant, tests))
            process.start()
            running.append(_Turn(mutant, process, time.monotonic(), limit))
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


def _follow(room: Room, kept: Path, said: Path) -> None:
    """In a forked process: run a room's tests as they are and write what they run through."""
    recorder = Recorder(room.sources())
    status = _pytest(room.tests_found(), recorder, said)
    recorder.found.save(kept)
    os._exit(status)


def _test(mutant: Mutant, tests: list[str]) -> None:
    """In a forked process: install the mutant, run the tests that it can change, leave with pytest's status."""
    _install(ROOT / mutant.path, mutant.applied((ROOT / mutant.path).read_bytes()))
    files = list(dict.fromkeys(test.split("::")[0] for test in tests))
    os._exit(_pytest(files, Chosen(tests), Path(os.devnull)))


def _pytest(arguments: list[str], plugin: object, said: Path) -> int:
    """Run with a file for what it prints; returns the status."""
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    out = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(out, 1)
    os.dup2(out, 2)
    status = int(pytest.main([*OPTIONS, *arguments], plugins=[plugin]))
    sys.stdout.flush()
    return status


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
