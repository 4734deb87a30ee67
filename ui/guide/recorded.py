"""The recorded runs that ship in assets/recorded: a list, and one ZIP each in the form of a saved session."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import FileError, TTSVarError
from ttsvar.weights.shipped import ASSETS

from ..files.archive import unpack
from ..files.events import EVERYTHING, refused, reopened
from ..panels.panel import Event, Services
from ..session.session import Session
from ..session.store import SessionStore
from ..shell.events import RecordedEvent
from ..shell.quirks import Values

FOLDER = ASSETS / "recorded"
INDEX = "index.json"


@dataclass(frozen=True)
class Recorded:
    """One recorded run as it is offered: `before` and `after` are data URIs of the two pictures that make the point."""

    name: str
    title: str
    summary: str
    before: str
    before_alt: str
    before_said: str
    after: str
    after_alt: str
    after_said: str
    model: str
    weights: str


@cache
def recorded_runs(folder: Path = FOLDER) -> tuple[Recorded, ...]:
    """All recorded runs of a folder, in the order of its index; none where there is no index."""
    path = folder / INDEX
    if not path.is_file():
        return ()
    return tuple(Recorded(**values) for values in json.loads(path.read_text()))


def offered(engine: SearchEngine, folder: Path = FOLDER) -> tuple[Recorded, ...]:
    """Those that this engine's model can go on with."""
    return tuple(run for run in recorded_runs(folder) if run.model == engine.name)


def open_recorded(store: SessionStore, name: str, folder: Path = FOLDER) -> Session:
    """A copy of a recorded run, for one visitor to look at and to branch; raises FileError for an unknown name."""
    found = next((run for run in offered(store.engine, folder) if run.name == name), None)
    if found is None:
        titles = "; ".join(run.title for run in offered(store.engine, folder)) or "none"
        raise FileError(f"There is no recorded run {name[:40]!r} for this model. There are: {titles}.")
    fill, origin = unpack((folder / f"{name}.zip").read_bytes(), trusted=True)
    return store.adopt(fill, origin)


def events(services: Services) -> list[Event]:
    """What the cards of the recorded runs trigger."""

    def recorded(event: RecordedEvent) -> Values:
        """Open a copy of a recorded run, where it turns unless a state is named."""
        try:
            session = open_recorded(services.store, event.name)
        except TTSVarError as error:
            return refused(str(error))
        at = event.at if event.at in session.history else turning_point(session)
        session.walked(session.current)
        session.open(at)
        return reopened(services, session, "")

    return [Event("recorded", RecordedEvent.read, recorded, sets=EVERYTHING)]


def turning_point(session: Session) -> str:
    """The state at which a recorded run's two branches part; where it stands, if its story names none."""
    places = (session.origin.get("story") or {}).get("places", ())
    return next((place["state"] for place in places if place["state"] in session.history), session.current)
