"""A session as one ZIP: for people (pictures, tables), and, under `session/`, the files that reopen it to the bit.

Reading is careful: the archive comes from anywhere. Only names of our own making are read, sizes are bounded before
anything is unpacked, and nothing in it that is HTML or a picture reaches a page: those are made anew from the bits.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np

from ttsvar.engine.back import decision_at
from ttsvar.engine.history import History, Node
from ttsvar.errors import FileError, TTSVarError
from ttsvar.outside import DAMAGE, read_json
from ttsvar.schedule import resolve_batch
from ttsvar.storage.atomic import write_atomically
from ttsvar.storage.png import png_bytes

from ..session.annotations import FILE
from ..session.kept import ORIGIN
from ..session.session import Session
from ..shell.contract import LONGEST_NAME, MOST_BYTES
from . import records
from .share.card import card_png
from .share.film import film_webp

MOST_UNPACKED, MOST_PART = 96 * 1024**2, 32 * 1024**2
"""Bytes of a session's files together, and of one step."""
MOST_OF = {"run.json": 8 * 1024**2, ORIGIN: 64 * 1024, FILE: 1024**2}
"""Bytes of each file of JSON, which takes ten times as much once it is read."""
MOST_NAMES = 256
MOST_ENTRIES = 20_000
MOST_STEPS = 4_000
"""Steps of a session; one is a scale of a branch."""
ARRAYS = ("bits.npy", "shape.npy", "clustering_input.npy")
PART = re.compile(r"session/(run\.json|origin\.json|annotations\.json|steps/[0-9a-f]{16}\.npz)")
SHOWN = re.compile(r"session/(shown/[0-9a-f]{16}-[a-z-]{1,24}\.json)")
README = """A session of TTS-VAR Explorer. Drop this file on the app to reopen it.

recipe.json        model, prompt, seed, search and the choices of every branch
decisions.json     every scale: candidates, probabilities, draws, the algorithm's proposal, what was chosen and by whom
scores.csv         one line per branch, scale and candidate
contact-sheet.png  every candidate of the last branch, a row per scale; framed: went on
picture.png        the best picture with its recipe (only of a finished run)
card.png           the run on one picture of 1200 x 630 (only of a finished run)
search.webp        the search, scale by scale, as a moving picture (only of a finished run)
survivors/         how each candidate that reached the last scale came about
session/           what the app reads: the tree, its numbers, comparisons, and every bit that was drawn
"""


def pack(session: Session, *, shown: bool = False) -> bytes:
    """The ZIP of a session; `shown` adds what the page shows of it, so that a recorded run opens without computing."""
    if session.folder is None:
        session.admit_change()
        raise FileError("This server keeps no runs on disk, so it cannot pack one; start it with --runs-dir.")
    with session.lock:
        session.save()
        session.annotations.save()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            if not shown:
                _pack_for_people(archive, session)
            wanted = (PART, SHOWN) if shown else (PART,)
            for path in sorted(session.folder.rglob("*.*")):
                name = f"session/{path.relative_to(session.folder).as_posix()}"
                if any(pattern.fullmatch(name) for pattern in wanted):
                    archive.write(path, name)
        return buffer.getvalue()


def _pack_for_people(archive: zipfile.ZipFile, session: Session) -> None:
    archive.writestr("README.txt", README)
    archive.writestr("recipe.json", json.dumps(records.recipe_json(session), indent=1))
    archive.writestr("decisions.json", json.dumps(records.decisions_json(session), indent=1))
    archive.writestr("scores.csv", records.scores_csv(session))
    archive.writestr("contact-sheet.png", png_bytes(records.contact_sheet(session)))
    state = session.history.current.state
    if state.done:
        archive.writestr("picture.png", png_bytes(session.engine.best(state)))
        archive.writestr("card.png", card_png(session, state.id))
        archive.writestr("search.webp", film_webp(session, state.id))
    for name, gif in records.survivor_gifs(session).items():
        archive.writestr(f"survivors/{name}.gif", gif)


def unpack(data: bytes, *, trusted: bool = False) -> tuple[Callable[[Path], None], dict[str, Any]]:
    """From a ZIP: a function that writes its session into a folder, and its origin; raises FileError.

    `trusted` archives are our own recordings; only of those the shown pictures are taken over.
    """
    if len(data) > MOST_BYTES:
        raise FileError(f"This file has {len(data) / 1e6:.0f} MB; a session has at most {MOST_BYTES / 1e6:.0f} MB.")
    parts = _parts(data, (PART, SHOWN) if trusted else (PART,))
    if "run.json" not in parts:
        raise FileError(
            "This ZIP holds no session of TTS-VAR Explorer (session/run.json is missing). Drop one that was saved "
            "with Save session, or a PNG."
        )
    steps = [name for name in parts if name.endswith(".npz")]
    if len(steps) > MOST_STEPS:
        raise FileError(f"This session has {len(steps)} steps; at most {MOST_STEPS} are read.")
    for name in steps:
        _check_arrays(name, parts[name])
    origin = _origin(parts.pop(ORIGIN, b"{}"))

    def fill(folder: Path) -> None:
        for name, content in parts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, partial(_put, content))

    return fill, origin if trusted else {"weights": origin.get("weights", ""), "from": "session"}


def _put(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def check_history(history: History) -> None:
    """Raise FileError where a session from outside says what no search of ours would say."""
    run = history.run
    try:
        if resolve_batch(run.search, run.schedule) != run.batch:
            raise FileError("The session's schedule does not follow from its settings: it was changed by hand.")
    except FileError:
        raise
    except TTSVarError as error:
        raise FileError(f"The session's settings cannot be used: {error}") from error
    if len(history.names) > MOST_NAMES or any(len(name) > 5 * LONGEST_NAME for name in history.names):
        raise FileError("The session's branches have more names, or longer ones, than can be given here.")
    for node in history:
        _check_node(history, node)


def _check_node(history: History, node: Node) -> None:
    sources = [s.source for s in (node.selection, node.result and node.result.proposal) if s]
    if any(source not in ("strategy", "user") for source in sources):
        raise FileError(f"The session says that {sources!r:.60} made a choice; it was changed by hand.")
    result = node.result
    if result is None:
        return
    alive, scale = len(node.state), node.state.scale
    decided = decision_at(node.state)
    parents = result.proposal.parents
    looks = [c for c in (result.candidates, node.seen) if c is not None]
    values = [v for c in looks for v in (c.scores, c.labels, c.probabilities) if v is not None]
    good = (
        result.decision == decided
        and type(result.keep) is int
        and 1 <= result.keep <= 512
        and 1 <= len(parents) <= 512
        and all(0 <= p < alive for p in parents)
        and all(len(v) == alive and bool(np.isfinite(np.asarray(v)).all()) for v in values)
        and all(int(c.labels.min()) >= 0 and int(c.labels.max()) < 512 for c in looks if c.labels is not None)
    )
    if not good:
        raise FileError(f"The numbers of scale {scale} do not fit {alive} candidates; take another copy of the file.")


def _parts(data: bytes, patterns: tuple[re.Pattern[str], ...]) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
                raise FileError("This ZIP unpacks to far more than a session does; it is refused unopened.")
            parts = {}
            for entry in entries:
                found = next((m for p in patterns if (m := p.fullmatch(entry.filename))), None)
                if found:
                    parts[found[1]] = _content(archive, entry, found[1])
            return parts
    except DAMAGE as error:
        raise FileError(
            f"This ZIP is damaged ({error!s:.200}); save the session again, or take another copy."
        ) from error


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """An entry unpacked, within what a file of this name may have; raises FileError."""
    most = MOST_OF.get(name, MOST_PART)
    if entry.file_size > most:
        raise FileError(f"{name} in this ZIP has {entry.file_size:,} bytes; at most {most:,} are read.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError(f"{name} in this ZIP is packed in a way that is not used here; save the session again.")
    with archive.open(entry) as file:
        return file.read(entry.file_size + 1)


def _check_arrays(name: str, content: bytes) -> None:
    """Refuse arrays whose headers claim more than a step holds, before NumPy makes room for them."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as arrays:
            for entry in arrays.infolist():
                if entry.filename not in ARRAYS:
                    raise ValueError(f"an array named {entry.filename!r:.40}")
                with arrays.open(entry) as file:
                    version = np.lib.format.read_magic(file)
                    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else _newer_header
                    shape, _, dtype = read(file)
                    total += int(np.prod([int(n) for n in shape], dtype=object)) * dtype.itemsize
    except DAMAGE as error:
        raise FileError(f"{name} in this ZIP is damaged ({error!s:.200}); take another copy of the file.") from error
    if total > MOST_PART:
        raise FileError(f"{name} in this ZIP claims {total / 1e6:.0f} MB; no step holds as much.")


def _newer_header(file: Any) -> Any:
    raise ValueError("written by a NumPy format that sessions do not use")


def _origin(content: bytes) -> dict[str, Any]:
    try:
        values = read_json(content, MOST_OF[ORIGIN])
    except FileError as error:
        raise FileError(f"origin.json in this ZIP {error}; take another copy of the file.") from error
    if not isinstance(values, dict) or not isinstance(values.get("weights", ""), str):
        raise FileError("origin.json in this ZIP is not ours; take another copy of the file.")
    return values
