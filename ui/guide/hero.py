"""The film on the first page: the first recorded run, which plays by itself and can be taken over where it stands."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import TTSVarError
from ttsvar.storage.runs import load_history

from ..files.archive import unpack
from ..scene.film import Hero, film_of
from ..scene.strip import cells
from ..session.branches import lines
from ..session.session import Session
from .recorded import FOLDER, offered, recorded_runs

log = logging.getLogger("ttsvar.ui")


def hero_of(engine: SearchEngine, folder: Path = FOLDER) -> Hero | None:
    """The first recorded run that this model can go on with, otherwise the first of all; None where none can be read.

    It is read, not drawn: another model's run is only looked at.
    """
    mine = offered(engine, folder)
    runs = mine or recorded_runs(folder)
    if not runs:
        return None
    run = runs[0]
    try:
        fill, origin = unpack((folder / f"{run.name}.zip").read_bytes(), trusted=True)
        with tempfile.TemporaryDirectory() as place:
            fill(Path(place))
            session = Session("", engine, load_history(Path(place)), Path(place), origin)
            end = lines(session.history)[0].end
            return Hero(
                name=run.name if mine else "",
                model=run.model,
                prompt=session.run.prompt,
                film=film_of(session, end),
                cells=tuple(cell for cell in cells(session, end) if cell.target),
            )
    except (TTSVarError, OSError):
        log.exception("the film of the first page cannot be read")
        return None
