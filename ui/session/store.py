"""Every run by id, in memory and on disk."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from ttsvar.config import SearchConfig
from ttsvar.engine.history import History
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import FileError, StateError, TTSVarError
from ttsvar.outside import read_json
from ttsvar.schedule import resolve_batch
from ttsvar.storage.atomic import write_atomically
from ttsvar.storage.runs import INDEX, load_history

from .annotations import read_duels
from .budgets import Budgets
from .kept import ORIGIN
from .session import Evaluator, Session
from .shared import Shared
from .upkeep import USUAL, Disk, Limits, rest, surplus
from .watched import KEY, Watched, Watching

log = logging.getLogger("ttsvar.ui")
MOST_ORIGIN = 64 * 1024
NOTED_EVERY = 60.0
"""Seconds between two notes on disk that a run is in use."""
RUN_ID = re.compile(r"[A-Za-z0-9]{6,32}")


class SessionStore:
    """All runs by id, in memory and on disk; `attend` keeps them within their limits."""

    def __init__(
        self,
        engine: SearchEngine,
        runs_dir: Path | str | None = None,
        limits: Limits = USUAL,
        capacity: int = 64,
        evaluator: Evaluator | None = None,
        visitor: Callable[[], str] = str,
        shared: Shared | None = None,
    ) -> None:
        """`visitor` names whoever asks now; nobody does, and no budget counts, where the name is empty.

        `shared` is what runs of the same recipe have in common, in room mode.
        """
        self.visitor, self.budgets = visitor, Budgets()
        self.engine = engine
        self.root = None if runs_dir is None else Path(runs_dir)
        self.limits = limits
        self.capacity = capacity
        self.evaluator = evaluator
        self.shared = shared
        self._open: OrderedDict[str, Session] = OrderedDict()
        # A run that somebody still holds is found here after it left memory otherwise: there is one object for each.
        self._known: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._lock = threading.Lock()
        self._reopening = tuple(threading.Lock() for _ in range(64))
        self._disk = Disk(self.root)
        self.watching = Watching(self.root, self._watched)

    def create(self, prompt: str, search: SearchConfig, seed: int) -> Session:
        """Begin a run; raises the engine's errors for a bad prompt or schedule, RoomError beyond a visitor's budget."""
        with self._lock:
            held = list(self._known.values())
        first = resolve_batch(self.engine.resolve(search), self.engine.schedule)[0]
        self.budgets.admit_run(self.visitor(), held, first)
        root = self.engine.begin(prompt, search=search, seed=seed)
        run_id = _new_id()
        folder = None if self.root is None else self.root / run_id
        session = Session(run_id, self.engine, History(root), folder, evaluator=self.evaluator)
        session.owner = self.visitor()
        session.save()  # whoever is told an id finds the run after a restart, too
        self._hold(session)
        return session

    def adopt(
        self,
        fill: Callable[[Path], object],
        origin: dict[str, Any],
        history: History | None = None,
        *,
        check: Callable[[History], object] = lambda history: None,
    ) -> Session:
        """Take in a run that came from elsewhere: `fill` writes its files into a folder.

        `history` is the run where it is in memory already; `check` may refuse it. Raises StateError where the files
        do not fit together, or belong to another model.
        """
        run_id = _new_id()
        if self.root is not None:
            self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix="draft-") as draft:
            folder = Path(draft) / run_id
            folder.mkdir()
            fill(folder)
            history = history or load_history(folder)
            if not self._fits(history):
                raise StateError(
                    f"This run was made with {history.run.model!r}; this app runs {self.engine.name!r}. Start the app "
                    f"with --model {history.run.model} to reopen it."
                )
            check(history)
            duels = read_duels(history, folder)
            content = json.dumps(origin).encode()
            write_atomically(folder / ORIGIN, lambda file: file.write(content))
            home = None if self.root is None else self.root / run_id
            if home is not None:
                os.replace(folder, home)
        session = Session(run_id, self.engine, history, home, origin, self.evaluator, duels)
        session.owner = self.visitor()
        self._hold(session)
        return session

    def get(self, run_id: str) -> Session | None:
        """A run by id, reopened from disk if need be; None where there is none that this engine can go on with.

        A key that only shows a run gives a copy of it in which nothing can be changed.
        """
        if KEY.fullmatch(run_id):
            return self.watching.get(run_id)
        if not RUN_ID.fullmatch(run_id):
            return None
        session = self._found(run_id)
        if session is None:
            # Reading a run from disk makes those wait who want the same one (or by chance another), and nobody else.
            with self._reopening[hash(run_id) % len(self._reopening)]:
                session = self._found(run_id) or self._reopen(run_id)
                if session is not None:
                    self._hold(session)
        if session is not None:
            self._touch(session)
            self._hold(session)
        return session

    def discard(self, session: Session) -> None:
        """Forget a run that was never shown, and delete it."""
        with self._lock:
            self._open.pop(session.id, None)
            self._known.pop(session.id, None)
        if session.folder is not None:
            shutil.rmtree(session.folder, ignore_errors=True)

    def _found(self, run_id: str) -> Session | None:
        with self._lock:
            return self._open.get(run_id) or self._known.get(run_id)

    def _hold(self, session: Session) -> None:
        """Keep a run in memory; the one looked at longest ago leaves it, unless something of it is not on disk."""
        session.shared = self.shared
        session.watch_key = session.watch_key or self.watching.key_of(session.id)
        with self._lock:
            self._open[session.id] = self._known[session.id] = session
            self._open.move_to_end(session.id)
            surplus = len(self._open) - self.capacity
            oldest = [other for other in self._open.values() if other is not session] if surplus > 0 else []
            for other in [other for other in oldest if not other.kept.unsaved][:surplus]:
                del self._open[other.id]

    def _touch(self, session: Session) -> None:
        """Note the use of a run, on disk now and then: other processes and later starts go by that."""
        now = time.time()
        if session.folder is not None and now - session.noted > NOTED_EVERY:
            session.noted = now
            with suppress(OSError):
                os.utime(session.folder / INDEX)
        session.touched = now

    def _reopen(self, run_id: str) -> Session | None:
        folder = None if self.root is None else self.root / run_id
        if folder is None or not (folder / INDEX).is_file():
            return None
        try:
            history = load_history(folder)
        except TTSVarError as error:
            log.warning("run %s cannot be reopened: %s", run_id, error)
            return None
        if not self._fits(history):
            return None
        return Session(run_id, self.engine, history, folder, _read_origin(folder), self.evaluator)

    def _watched(self, key: str, folder: Path) -> Watched | None:
        try:
            history = load_history(folder)
        except TTSVarError as error:
            log.warning("run %s cannot be looked at: %s", folder.name, error)
            return None
        if not self._fits(history) or history.root.result is None:
            return None
        return Watched(key, self.engine, history, folder, _read_origin(folder), self.evaluator)

    def _fits(self, history: History) -> bool:
        return history.run.model == self.engine.name and history.run.schedule == self.engine.schedule

    def sweep(self) -> None:
        """Forget and delete runs that nobody used for long, here or in another server, and those that are too much.

        Runs in use stay, and so do starred ones.
        """
        now = time.time()
        with self._lock:
            for run_id in [i for i, s in self._known.items() if s.touched < now - self.limits.seconds]:
                self._open.pop(run_id, None)
                self._known.pop(run_id, None)
            held = set(self._known)
        runs = {name: kept for name, kept in self._disk.runs().items() if RUN_ID.fullmatch(name)}
        for run_id in surplus(runs, held, self.limits, self._disk):
            self._disk.delete(run_id, runs[run_id].used)

    def rest(self) -> None:
        """Let runs that nobody touches drop what can be made again."""
        with self._lock:
            sessions = list(self._known.values())
        sessions += self.watching.copies()
        rest(sessions, self.limits.memory_bytes)


def _new_id() -> str:
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10))


def _read_origin(folder: Path) -> dict[str, Any]:
    """Empty for a run of a time that kept none, and where the file is damaged: the run does not need it."""
    path = folder / ORIGIN
    try:
        values: Any = read_json(path.read_bytes(), MOST_ORIGIN) if path.is_file() else {}
    except (OSError, FileError) as error:
        log.warning("the origin of run %s is left out: it %s", folder.name, error)
        return {}
    return values if isinstance(values, dict) else {}
