"""What runs take: which ones leave the disk and memory, by age and by bytes, looked at now and then beside all else."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import weakref
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ttsvar.errors import StateError
from ttsvar.storage.lock import writing
from ttsvar.storage.runs import INDEX

from .kept import STAR
from .session import Session

log = logging.getLogger("ttsvar.ui")
LOOKED_EVERY, SWEPT_EVERY = 15.0, 300.0
"""Seconds between two looks at memory, and at the disk."""
IDLE, IDLE_AT_THE_END = 120.0, 20.0
"""Seconds after which a run that nobody touches drops its caches: on its way, and once it is finished."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long runs stay that nobody uses, and how much they may take together; starred ones on disk stay."""

    seconds: float = 7 * 86400.0
    disk_bytes: int = 10 * 1024**3
    memory_bytes: int = 1024**3


USUAL = Limits()


@dataclass(frozen=True)
class Kept:
    """A run on disk: when it was last used, and its bytes then."""

    used: float
    bytes: int


class Disk:
    """The runs in a folder; the sizes of those that did not change since are remembered."""

    def __init__(self, root: Path | None) -> None:
        self.root = root
        self._kept: dict[str, Kept] = {}

    def runs(self) -> dict[str, Kept]:
        """Every run by id; one look at each index, and at the files of those that changed."""
        found = {}
        for index in [] if self.root is None else self.root.glob(f"*/{INDEX}"):
            with suppress(OSError):  # deleted by another server meanwhile
                used, name = index.stat().st_mtime, index.parent.name
                before = self._kept.get(name)
                same = before is not None and before.used == used
                found[name] = before if same and before else Kept(used, _bytes(index.parent))
        self._kept = found
        return found

    def delete(self, run_id: str, unless_used_after: float) -> None:
        """Delete a run, unless somebody has used it since, or is writing it."""
        if self.root is None:
            return
        folder = self.root / run_id
        with suppress(OSError, StateError), writing(folder, patience=0.0):
            if (folder / INDEX).stat().st_mtime <= unless_used_after:
                shutil.rmtree(folder, ignore_errors=True)
                self._kept.pop(run_id, None)

    def starred(self, run_id: str) -> bool:
        """Whether somebody marked a run to be kept."""
        return self.root is not None and (self.root / run_id / STAR).exists()


def surplus(runs: dict[str, Kept], held: Collection[str], limits: Limits, disk: Disk) -> list[str]:
    """Ids of the runs that have to go, oldest use first: those too old, then as many as the limit of bytes wants.

    `held` are in use and stay, as starred ones do.
    """
    oldest = time.time() - limits.seconds
    total = sum(kept.bytes for kept in runs.values())
    gone = []
    for run_id, kept in sorted(runs.items(), key=lambda item: item[1].used):
        if kept.used >= oldest and total <= limits.disk_bytes:
            break
        if run_id not in held and not disk.starred(run_id):
            gone.append(run_id)
            total -= kept.bytes
    return gone


def rest(sessions: Iterable[Session], most_bytes: int) -> None:
    """Let runs drop what can be made again: those left alone, then the longest untouched until the others fit."""
    now, total = time.time(), 0
    for session in sorted(sessions, key=lambda s: -s.touched):
        left = now - session.touched
        done = session.history.current.state.done
        if left > (IDLE_AT_THE_END if done else IDLE) or total > most_bytes:
            session.rest()
        total += session.history.held_bytes


class Attended(Protocol):
    """What is looked after."""

    def rest(self) -> None:
        """Look at memory."""

    def sweep(self) -> None:
        """Look at the disk."""


def attend(store: Attended) -> threading.Thread:
    """Look after a store on a thread of its own, at once and then regularly, as long as the store is in use."""
    reference = weakref.ref(store)

    def watch() -> None:
        swept = float("-inf")
        while (found := reference()) is not None:
            try:
                found.rest()
                if time.monotonic() - swept >= SWEPT_EVERY:
                    swept = time.monotonic()
                    found.sweep()
            except Exception:
                log.exception("looking after the runs failed; it is tried again")
            del found
            time.sleep(LOOKED_EVERY)

    thread = threading.Thread(target=watch, name="upkeep", daemon=True)
    thread.start()
    return thread


def _bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total
