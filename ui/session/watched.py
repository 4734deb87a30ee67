"""Runs that may only be looked at: a second key to a run, from which the first cannot be told, and what it opens.

The key is a keyed digest of the run's id; the key for that lies beside the runs, so that links last over a restart and
count for every server on the folder. What it opens is a copy in memory: nothing that is done with it reaches the run.
"""

from __future__ import annotations

import base64
import hmac
import logging
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ttsvar.engine.history import History
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import StateError
from ttsvar.storage.runs import INDEX

from .annotations import read_duels
from .kept import written_as
from .session import Evaluator, Session
from .shown import ShownValues

log = logging.getLogger("ttsvar.ui")
KEY = re.compile(r"v[a-z2-7]{27}")
"""Longer than any run's id."""
SECRET, SECRET_BYTES = "watching.key", 32
CAPACITY = 32
"""Copies that are kept in memory."""
NOTED_EVERY = 60.0
"""Seconds between two notes on disk that a run is looked at."""
ONLY_LOOKS = "This link only shows the run. Whoever shared it has one that may change it; or begin a run of your own."


class Watched(Session):
    """A copy of a run as it lies on disk, in which one can look around and nothing else."""

    read_only = True

    def __init__(
        self,
        key: str,
        engine: SearchEngine,
        history: History,
        folder: Path,
        origin: dict[str, Any],
        evaluator: Evaluator | None,
    ) -> None:
        """Stands at the last state that can be shown."""
        super().__init__(key, engine, history, None, origin, evaluator, read_duels(history, folder))
        self._shown = ShownValues(folder, writes=False)
        here = history.current
        while here.result is None and not here.state.done and (above := history.parent(here.state.id)) is not None:
            here = above
        history.go(here.state.id)

    def admit_change(self) -> None:
        """Always raises StateError."""
        raise StateError(ONLY_LOOKS)

    def save(self) -> None:
        """Write nothing."""


class Watching:
    """The copies that are looked at, by key; `reopen` makes one of a run's folder, None where it cannot."""

    def __init__(self, root: Path | None, reopen: Callable[[str, Path], Watched | None]) -> None:
        self.root = root
        self._reopen = reopen
        self._secret: bytes | None = None
        self._runs: dict[str, str] = {}
        self._copies: OrderedDict[str, tuple[object, Watched]] = OrderedDict()
        self._noted: dict[str, float] = {}
        self._lock = threading.Lock()

    def key_of(self, run_id: str) -> str:
        """The key that only shows a run; empty where runs are not kept on disk."""
        if self.root is None:
            return ""
        digest = hmac.digest(self._own_secret(self.root), run_id.encode(), "sha256")
        return "v" + base64.b32encode(digest).decode().lower()[:27]

    def get(self, key: str) -> Watched | None:
        """The copy that a key opens, as new as the run on disk; None where there is no such run."""
        run_id = self._run_of(key)
        if self.root is None or run_id is None:
            return None
        folder = self.root / run_id
        looks = written_as(folder / INDEX)
        with self._lock:
            before, copy = self._copies.get(key, (None, None))
        if copy is None or before != looks:
            copy = None if looks is None else self._reopen(key, folder)  # no lock is held over the disk
        with self._lock:
            self._copies.pop(key, None)
            if copy is None:
                return None
            self._copies[key] = looks, copy
            while len(self._copies) > CAPACITY:
                self._copies.popitem(last=False)
            self._note(folder)
        copy.touched = time.time()
        return copy

    def copies(self) -> list[Watched]:
        """Those in memory."""
        with self._lock:
            return [copy for _, copy in self._copies.values()]

    def _run_of(self, key: str) -> str | None:
        """The run that a key belongs to; a key that is not known is looked for among the runs on disk."""
        if key not in self._runs and self.root is not None:
            runs = [index.parent.name for index in self.root.glob(f"*/{INDEX}")]
            self._runs = {self.key_of(run): run for run in runs}
        return self._runs.get(key)

    def _note(self, folder: Path) -> None:
        """A run that is looked at is in use, and is not deleted for its age."""
        now = time.time()
        if now - self._noted.get(folder.name, 0.0) > NOTED_EVERY:
            self._noted = {run: at for run, at in self._noted.items() if now - at <= NOTED_EVERY}
            self._noted[folder.name] = now
            with suppress(OSError):
                os.utime(folder / INDEX)

    def _own_secret(self, root: Path) -> bytes:
        """Of this folder of runs; made by whichever server comes first."""
        if self._secret is None:
            self._secret = _secret(root)
        return self._secret


def _secret(root: Path) -> bytes:
    path, own = root / SECRET, secrets.token_bytes(SECRET_BYTES)
    draft = root / f"{SECRET}-{secrets.token_hex(8)}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(own)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all, and never over that of another server
        draft.unlink()
        found = path.read_bytes()
        if len(found) == SECRET_BYTES:
            return found
        log.warning("%s is damaged: links that only show a run hold until this server ends", SECRET)
    except OSError as error:
        log.warning("links that only show a run hold until this server ends: %s", error)
    return own
