"""Clustering vectors to a plane: UMAP, or PCA where there are too few points for it."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import multiprocessing
import os
import stat
import tempfile
import threading
import warnings
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

UMAP_MINIMUM = 4
ANSWER_SECONDS = 60.0
"""How long one projection may take before its process counts as gone; it takes a fraction of a second."""
PLAIN = "PCA instead"
"""The projection where UMAP cannot run here."""
CACHE_VARIABLE = "NUMBA_CACHE_DIR"
log = logging.getLogger("ttsvar.ui")


class Projector:
    """UMAP in a process of its own, where it is imported and compiled: that would freeze the page's process.

    It starts when points are first wanted, as it takes many seconds of a core and much memory.
    The process ends when its pipe does, so also where the app is killed. Where it ends first, or cannot begin, PCA
    takes its place, and the log says so once.
    """

    def __init__(self) -> None:
        self._pipe: Connection
        self._process: BaseProcess
        self._started = self._ready = self._gone = False
        self._lock = threading.Lock()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="umap", daemon=True)
        self._process.start()
        theirs.close()
        self._started = True

    def project(self, vectors: np.ndarray) -> tuple[np.ndarray, str]:
        """Vectors [B, F] to points [B, 2] in the unit square, and the name of the projection.

        'PCA meanwhile' stands in while UMAP is still being compiled, 'PCA instead' where it cannot run; 'none' says
        that all vectors are equal.
        """
        if len(vectors) > 1 and not np.ptp(vectors, axis=0).any():
            return to_unit(pca_points(vectors)), "none"
        if len(vectors) < UMAP_MINIMUM:
            return to_unit(pca_points(vectors)), "PCA"
        if not self.wait(0):
            return to_unit(pca_points(vectors)), PLAIN if self._gone else "PCA meanwhile"
        with self._lock:
            points = self._ask(np.asarray(vectors, np.float32))
        return (to_unit(pca_points(vectors)), PLAIN) if points is None else (to_unit(points), "UMAP")

    def wait(self, seconds: float) -> bool:
        """Whether UMAP is ready within so many seconds; the process says so once, by a first message."""
        with self._lock:
            if not self._started:
                self._start()
            if not (self._ready or self._gone):
                self._ready = self._answer(seconds) is not None
            return self._ready and not self._gone

    def _ask(self, vectors: np.ndarray) -> np.ndarray | None:
        """The process's points of vectors, or None where it gave none."""
        if self._gone:
            return None
        try:
            self._pipe.send(vectors)
        except OSError as error:
            self._lost(repr(error))
            return None
        points = self._answer(ANSWER_SECONDS)
        if points is None and not self._gone:
            # A late answer would be taken for that of the next question.
            self._lost(f"no answer within {ANSWER_SECONDS:.0f} s")
        return points

    def _answer(self, seconds: float) -> np.ndarray | None:
        """What the process sends within so many seconds; None where that is nothing, or the reason why it gave up."""
        try:
            # At the end of the file `poll` says yes, and `recv` raises.
            answer = self._pipe.recv() if self._pipe.poll(seconds) else None
        except (EOFError, OSError) as error:
            answer = f"its process ended ({error!r})"
        if isinstance(answer, str):
            self._lost(answer)
            return None
        return answer

    def _lost(self, reason: str) -> None:
        self._gone = True
        self._pipe.close()
        self._process.terminate()
        log.warning("UMAP cannot go on: %s. The chart of clusters shows PCA instead.", reason)

    def close(self) -> None:
        """End the process, if it was started."""
        if self._started:
            self._process.terminate()
            self._process.join(10)
            self._pipe.close()


def _serve(pipe: Connection) -> None:
    with contextlib.suppress(OSError):
        os.nice(5)
    _find_cache()
    # The first points compile everything, and that they come says that the process is ready.
    vectors = np.random.default_rng(0).normal(size=(8, 12))
    with contextlib.suppress(EOFError, OSError):
        while True:
            answer = _points_or_reason(vectors)
            pipe.send(answer)
            if isinstance(answer, str):
                return
            vectors = pipe.recv()


def _points_or_reason(vectors: np.ndarray) -> np.ndarray | str:
    try:
        return umap_points(vectors)
    except Exception as error:  # whatever a compiler or a read-only disk brings up
        return f"{type(error).__name__}: {(str(error).splitlines() or ['no reason given'])[0]}"


def _find_cache() -> None:
    """Name a folder for numba's compiled code where it would find none, since UMAP's import fails without one."""
    if os.environ.get(CACHE_VARIABLE):
        return
    found = importlib.util.find_spec("umap")
    beside = Path(found.origin).parent if found and found.origin else Path(os.devnull)
    of_user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not (_writable(beside / "__pycache__") or _writable(of_user)):
        os.environ[CACHE_VARIABLE] = str(_own_folder())


def _writable(folder: Path) -> bool:
    """Whether a folder can be written to, or made."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _own_folder() -> Path:
    """A temporary folder of this user alone, the same one next time: what lies in it is run as code."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"ttsvar-numba-{user}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.lstat()
        if stat.S_ISDIR(facts.st_mode) and facts.st_uid == user and not facts.st_mode & 0o077:
            return folder
    return Path(tempfile.mkdtemp(prefix="ttsvar-numba-"))


def umap_points(vectors: np.ndarray) -> np.ndarray:
    """UMAP with a fixed random state: float32 [B, 2]; at least 4 points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        reducer = umap.UMAP(
            n_neighbors=min(5, len(vectors) - 1), min_dist=0.4, init="random", random_state=0, n_jobs=1, n_epochs=150
        )
        return np.asarray(reducer.fit_transform(np.asarray(vectors, np.float32)))


def pca_points(vectors: np.ndarray) -> np.ndarray:
    """The two main directions: float64 [B, 2]."""
    centred = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return np.pad(left * sizes, ((0, 0), (0, 2)))[:, :2]


def to_unit(points: np.ndarray) -> np.ndarray:
    """Points scaled to the unit square; what does not spread stays in the middle."""
    low, high = points.min(0), points.max(0)
    spread = high - low > 1e-9
    return np.where(spread, (points - low) / np.where(spread, high - low, 1.0), 0.5)
