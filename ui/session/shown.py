"""What was made once to show a run, beside the run: a cache that may be deleted, and is made again from the bits."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from ttsvar.errors import FileError
from ttsvar.outside import read_json
from ttsvar.storage.atomic import write_atomically
from ttsvar.types import Component

log = logging.getLogger("ttsvar.ui")
T = TypeVar("T")
FOLDER = "shown"
MOST_BYTES = 256 * 1024**2
"""Of one value: the pictures of 512 candidates."""


@dataclass(frozen=True)
class ShownKey(Generic[T]):
    """One kind of value that is kept for a state, as plain JSON of type T."""

    name: str
    """In the name of its file: lower-case letters and hyphens."""


PICTURES: ShownKey[list[list[str]]] = ShownKey("pictures")
"""Of a stepped state the candidates' pictures and thumbnails, as data URIs."""
MAPS: ShownKey[list[str]] = ShownKey("maps")
"""Feature maps in the run's own basis, as data URIs."""
FIRST_MAPS: ShownKey[list[str]] = ShownKey("first-maps")
"""Feature maps of the first scales, before the run has a basis."""
INPUTS: ShownKey[list[Any]] = ShownKey("inputs")
"""Pictures of what k-means reads, and whether they are strips."""
PLACED: ShownKey[list[Any]] = ShownKey("placed")
"""Digest of the shipped map, and the points [B][2] of a stepped state's candidates on it."""
GATHERED: ShownKey[list[Any]] = ShownKey("gathered")
"""An empty digest, and a few numbers a candidate, by which a run without a shipped map is laid out."""
COMPARED: ShownKey[list[list[float]]] = ShownKey("compared")
"""Distances [B][B] between few candidates, as a clustering compares them."""
ENDINGS: ShownKey[dict[str, Any]] = ShownKey("others")
"""Of a stepped state, by row, how candidates that were dropped there would have ended."""
OBSERVED: ShownKey[dict[Component, dict[str, Any]]] = ShownKey("look")
"""What observing a scale took beyond the search's own observations, by component."""
BEST: ShownKey[int] = ShownKey("best")
"""Row of the preferred candidate of a finished state."""
BEST_PNG: ShownKey[str] = ShownKey("png")
"""The best picture with its recipe, as a data URI."""
CARD: ShownKey[str] = ShownKey("card")
FILM: ShownKey[str] = ShownKey("film")
"""The share card of a finished state (PNG), and its search as an animated WebP, both in base64."""
SURVIVORS: ShownKey[list[str]] = ShownKey("survivors")
"""Small pictures of a finished state's candidates, as data URIs."""
FINAL: ShownKey[str] = ShownKey("final")
"""The preferred picture of a finished branch, as a data URI."""
VERDICT: ShownKey[list[Any]] = ShownKey("verdict")
"""Whether the preferred picture satisfies the prompt (None where nothing measures it), and its shortfalls."""
ATOMS: ShownKey[list[dict[str, Any]]] = ShownKey("atoms")
"""Every part of the prompt, and whether the preferred picture has it; empty where nothing measures it."""
BASELINE: ShownKey[dict[str, Any]] = ShownKey("baseline")
"""Of a run's first state the picture that is drawn without a search: name, data URI, reward, verdict, shortfalls."""


class ShownValues:
    """The values of one run, in memory and, where it has a folder, in one file each; a damaged one counts as absent."""

    def __init__(self, folder: Path | None, *, writes: bool = True) -> None:
        """Without `writes` the files are only read."""
        self.folder = None if folder is None else folder / FOLDER
        self._writes = writes
        self._values: dict[tuple[str, str], Any] = {}

    def get(self, state_id: str, key: ShownKey[T], make: Callable[[], T]) -> T:
        """The value of a state, made where it is not kept."""
        place = (state_id, key.name)
        kept = self._values.get(place)
        if kept is None:
            kept = self._read(state_id, key)
            if kept is None:
                kept = make()
                self._write(state_id, key, kept)
            self._values[place] = kept
        return kept

    def has(self, state_id: str, key: ShownKey[Any]) -> bool:
        """Whether a value is kept already."""
        path = self._path(state_id, key)
        return (state_id, key.name) in self._values or (path is not None and path.is_file())

    def drop(self, state_id: str, key: ShownKey[Any]) -> None:
        """Forget a value that was provisional."""
        self._values.pop((state_id, key.name), None)
        path = self._path(state_id, key)
        if path is not None and self._writes:
            path.unlink(missing_ok=True)

    def drop_kept(self) -> None:
        """Leave memory to others: what lies on disk is read again when it is shown."""
        kept = [place for place in self._values if (path := self._named(*place)) is not None and path.is_file()]
        for place in kept:
            self._values.pop(place, None)

    def _path(self, state_id: str, key: ShownKey[Any]) -> Path | None:
        return self._named(state_id, key.name)

    def _named(self, state_id: str, name: str) -> Path | None:
        return None if self.folder is None else self.folder / f"{state_id}-{name}.json"

    def _read(self, state_id: str, key: ShownKey[T]) -> T | None:
        path = self._path(state_id, key)
        if path is None or not path.is_file():
            return None
        try:
            return read_json(path.read_bytes(), MOST_BYTES)
        except (FileError, OSError) as error:
            log.warning("%s is made again: it %s", path, error)
            return None

    def _write(self, state_id: str, key: ShownKey[T], value: T) -> None:
        path = self._path(state_id, key)
        if path is not None and self._writes:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, lambda file: file.write(json.dumps(value).encode()), flush=False)
            except OSError as error:
                log.warning("%s is kept in memory alone: %s", path, error)
