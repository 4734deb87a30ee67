"""UMAP lives in a process of its own: where that is gone or cannot begin, PCA takes its place and says so."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ui.panels.clusters.view import METHODS
from ui.scene import projection
from ui.scene.projection import CACHE_VARIABLE, PLAIN, Projector

VECTORS = np.random.default_rng(0).normal(size=(8, 5))


class Process:
    """Stands in for a process: `serve` runs on a thread, over a pipe of its own."""

    def __init__(self, target: Any, args: tuple[Any, ...], **_: Any) -> None:
        self._thread = threading.Thread(target=target, args=args, daemon=True)
        self.start, self.join = self._thread.start, self._thread.join

    def terminate(self) -> None:
        """The pipe's end is what ends it."""


@pytest.fixture
def on_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started; the other end of the pipe stays open until `serve` returns."""

    class Context:
        Process = Process

        @staticmethod
        def Pipe() -> tuple[Any, Any]:  # noqa: N802
            ours, theirs = Pipe()
            return ours, Kept(theirs)

    monkeypatch.setattr(projection.multiprocessing, "get_context", lambda kind: Context)
    monkeypatch.setattr(projection.os, "nice", lambda by: 0)
    monkeypatch.setenv(CACHE_VARIABLE, "set")


class Kept:
    """An end of a pipe that the parent's `close` leaves open, as it does for another process."""

    def __init__(self, end: Any) -> None:
        self.send, self.recv, self.end = end.send, end.recv, end

    def close(self) -> None:
        """The parent's copy only."""


def _projector(monkeypatch: pytest.MonkeyPatch, points: Any) -> Projector:
    serve = projection._serve

    def then_end(pipe: Kept) -> None:
        with contextlib.suppress(SystemExit):
            serve(pipe)  # type: ignore[arg-type]
        pipe.end.close()

    monkeypatch.setattr(projection, "_serve", then_end)
    monkeypatch.setattr(projection, "umap_points", points)
    return Projector()


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


@pytest.mark.usefixtures("on_a_thread")
def test_a_cache_that_cannot_be_written_gives_pca_and_one_line(monkeypatch: Any, caplog: pytest.LogCaptureFixture):
    def no_cache(vectors: np.ndarray) -> np.ndarray:
        raise RuntimeError("cannot cache function 'rdist': no locator available\nfor file umap.py")

    projector = _projector(monkeypatch, no_cache)
    assert not projector.wait(30)
    for _ in range(3):
        points, method = projector.project(VECTORS)
        assert method == PLAIN
        assert points.shape == (8, 2)
    (line,) = _warnings(caplog)
    assert "UMAP cannot go on: RuntimeError: cannot cache function 'rdist': no locator available." in line
    assert "UMAP cannot run" in METHODS[method]
    projector.close()


@pytest.mark.usefixtures("on_a_thread")
def test_a_process_that_ends_between_two_looks_is_noticed(monkeypatch: Any, caplog: pytest.LogCaptureFixture):
    calls: list[int] = []

    def dies_later(vectors: np.ndarray) -> np.ndarray:
        calls.append(len(vectors))
        if len(calls) > 2:
            raise SystemExit
        return vectors[:, :2]

    projector = _projector(monkeypatch, dies_later)
    assert projector.wait(30)
    assert projector.project(VECTORS)[1] == "UMAP"
    assert [projector.project(VECTORS)[1] for _ in range(2)] == [PLAIN, PLAIN]
    assert len(_warnings(caplog)) == 1
    projector.close()


@pytest.mark.usefixtures("on_a_thread")
def test_an_answer_that_never_comes_is_not_waited_for_twice(monkeypatch: Any, caplog: pytest.LogCaptureFixture):
    hung = threading.Event()

    def hangs(vectors: np.ndarray) -> np.ndarray:
        if len(vectors[0]) == VECTORS.shape[1]:
            hung.wait(30)
        return vectors[:, :2]

    monkeypatch.setattr(projection, "ANSWER_SECONDS", 0.05)
    projector = _projector(monkeypatch, hangs)
    assert projector.wait(30)
    assert [projector.project(VECTORS)[1] for _ in range(2)] == [PLAIN, PLAIN]
    hung.set()
    assert len(_warnings(caplog)) == 1


def test_a_killed_process_is_noticed(caplog: pytest.LogCaptureFixture):
    projector = Projector()
    assert not projector._started, "nobody wanted points yet"
    projector.wait(0)
    projector._process.kill()
    projector._process.join(30)
    assert projector.project(VECTORS)[1] == PLAIN
    assert "its process ended" in _warnings(caplog)[0]
    projector.close()


def test_a_folder_for_compiled_code_is_named_only_where_there_is_none(monkeypatch: Any, tmp_path: Path):
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.setattr(projection, "_writable", lambda folder: True)
    projection._find_cache()
    assert CACHE_VARIABLE not in os.environ
    monkeypatch.setattr(projection, "_writable", lambda folder: False)
    monkeypatch.setattr(projection.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(projection.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv(CACHE_VARIABLE, "")
    projection._find_cache()
    first = Path(os.environ[CACHE_VARIABLE])
    assert first.parent == tmp_path
    assert first.stat().st_mode & 0o777 == 0o700
    first.chmod(0o777)
    monkeypatch.setenv(CACHE_VARIABLE, "")
    projection._find_cache()
    assert Path(os.environ[CACHE_VARIABLE]) != first, "others may have put code there"
    monkeypatch.setenv(CACHE_VARIABLE, "mine")
    projection._find_cache()
    assert os.environ[CACHE_VARIABLE] == "mine"


def test_a_folder_that_can_be_made_can_be_written_to(tmp_path: Path):
    assert projection._writable(tmp_path / "a" / "b")
    (tmp_path / "file").touch()
    assert not projection._writable(tmp_path / "file")
    assert not projection._writable(Path(os.devnull) / "__pycache__")
