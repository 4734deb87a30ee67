"""What of a run lies on disk: its states, where it comes from, and whether somebody wants to keep it."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ttsvar.engine.history import History, Node
from ttsvar.errors import StateError
from ttsvar.storage.atomic import keeping, write_atomically
from ttsvar.storage.lock import writing
from ttsvar.storage.runs import INDEX, load_history, save_history

log = logging.getLogger("ttsvar.ui")
ORIGIN = "origin.json"
"""Beside a run: the weights that drew it, and, of one that came from a file, where from."""
STAR = "starred"
"""A file beside a run that somebody wants to keep: no sweep deletes it."""


class KeptRun:
    """A run's folder, or None where runs stay in memory; not safe for several threads, so its session locks it."""

    def __init__(self, history: History, folder: Path | None, origin: dict[str, Any]) -> None:
        self.history, self.folder, self.origin = history, folder, origin
        self._saved: object = None
        self._written: object = None
        """What the index looked like when it was last read or written here."""
        if folder is not None and (folder / INDEX).is_file():
            self._saved, self._written = self._held(), written_as(folder / INDEX)

    @property
    def starred(self) -> bool:
        """Whether the run stays on disk however old it is."""
        return self.folder is not None and (self.folder / STAR).exists()

    def star(self, wanted: bool) -> None:
        """Keep the run on disk however old it is, or no longer."""
        if self.folder is not None:
            with keeping():
                if wanted:
                    self.folder.mkdir(parents=True, exist_ok=True)
                    (self.folder / STAR).touch()
                else:
                    (self.folder / STAR).unlink(missing_ok=True)

    @property
    def unsaved(self) -> bool:
        """Whether something of the run is in memory alone."""
        return self._saved != self._held()

    def save(self) -> Sequence[Node]:
        """Write the run to its folder; StateError says why that is not possible.

        Another server on the same folder may have written it meanwhile: what is new there is kept, here and on disk,
        and returned.
        """
        if self.folder is None:
            return ()
        with keeping():
            self.folder.mkdir(parents=True, exist_ok=True)
            with writing(self.folder):
                new = self._take_in(self.folder)
                held = self._held()
                save_history(self.history, self.folder)
                self._keep_origin(self.folder)
                self._saved, self._written = held, written_as(self.folder / INDEX)
        return new

    def _keep_origin(self, folder: Path) -> None:
        if not (folder / ORIGIN).exists():
            content = json.dumps(self.origin).encode()
            write_atomically(folder / ORIGIN, lambda file: file.write(content))

    def _take_in(self, folder: Path) -> Sequence[Node]:
        if written_as(folder / INDEX) in (None, self._written):
            return ()
        try:
            return self.history.take_in(load_history(folder))
        except StateError as error:
            log.warning("run %s on disk is written anew: %s", folder.name, error)
            return ()

    def _held(self) -> object:
        """What changes whenever there is more to write."""
        history = self.history
        stepped = sum(node.result is not None for node in history)
        return len(history), stepped, history.current.state.id, dict(history.names)


def written_as(path: Path) -> object:
    """What tells one writing of a file from another; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size
