"""One writer at a time in a folder, among threads and processes: servers may share the folder that keeps runs."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ttsvar.errors import StateError

try:
    import fcntl
except ImportError:  # Windows: one server a folder
    fcntl = None

FILE = "lock"
PATIENCE, PAUSE = 10.0, 0.02
"""Seconds until a folder counts as held for good, and between two tries."""


@contextmanager
def writing(folder: Path, patience: float = PATIENCE) -> Generator[None]:
    """Be the only writer of a folder, which is there; StateError where another one does not finish in time.

    The lock goes with the process that holds it. A disk that knows no locks gives none.
    """
    handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _take(handle, patience)
        yield
    finally:
        os.close(handle)


def _take(handle: int, patience: float) -> None:
    end = time.monotonic() + patience
    while fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                return
        if time.monotonic() >= end:
            raise StateError("Another server is writing this run and does not finish; try again in a minute.")
        time.sleep(PAUSE)
