"""What leaves the page and what comes back to it: pictures, sessions, tables of what was decided. No torch here."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Iterator

from ttsvar.errors import FileError, TTSVarError
from ttsvar.outside import DAMAGE
from ttsvar.storage.png import png_bytes, read_recipe
from ttsvar.storage.replay import Replay, replay
from ttsvar.storage.runs import save_history

from ..panels.panel import PAGE, RECIPE, Event, Question, Services
from ..scene.scene import Shown
from ..session.session import Session
from ..session.shown import CARD, FILM, ShownKey
from ..setup.fields import MOST_N, read_prompt
from ..shell.contract import MOST_BYTES, MOST_COPIES
from ..shell.events import FileEvent, RunEvent, StateEvent
from ..shell.quirks import Values
from ..shell.text import file_stem
from .archive import check_history, pack, unpack
from .share.card import card_png
from .share.film import film_webp
from .view import notice_html

log = logging.getLogger("ttsvar.ui")
EVERYTHING = ("notice", PAGE, RECIPE)
"""What an opened run sets: the notice, the page, and the set-up fields."""
PNG, ZIP = b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"


def events(services: Services) -> list[Event]:
    """What the script of the files triggers."""
    return [Event("dropped", FileEvent.read, Files(services).dropped, sets=EVERYTHING)]


def questions(services: Services) -> list[Question]:
    """What can be downloaded."""
    files = Files(services)
    return [
        Question("pack", RunEvent.read, files.pack),
        Question("bare", RunEvent.read, files.bare),
        Question("card", StateEvent.read, files.card),
        Question("film", StateEvent.read, files.film),
    ]


class Files:
    """What leaves and enters one store of runs."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.store = services.store

    def dropped(self, event: FileEvent) -> Iterator[Values]:
        """Reopen the run of a dropped PNG or ZIP; what is wrong with it is said in place, and the run stays."""
        try:
            data = _content(event.data)
            self.store.budgets.admit_file(self.store.visitor(), len(data))
            if data.startswith(PNG):
                yield from self._from_picture(data)
            elif data.startswith(ZIP):
                yield self._tried(self._from_zip(data), "Reopened from the session.")
            else:
                raise FileError("This is neither a PNG nor a ZIP that was saved here; drop one of those.")
        except TTSVarError as error:
            yield refused(str(error))
        except Exception:
            log.exception("a dropped file failed")
            yield refused("This file could not be reopened; the server's log says why. The run you see is as it was.")

    def pack(self, event: RunEvent) -> dict[str, str]:
        """A run as a ZIP: its name and its bytes in base64, or an error."""

        def make(session: Session) -> tuple[str, bytes]:
            return f"ttsvar-{file_stem(session.run.prompt, session.run.seed)}-{session.id}.zip", pack(session)

        return self._file(event, make)

    def bare(self, event: RunEvent) -> dict[str, str]:
        """The best picture of the finished state a run stands at, as a PNG without its recipe."""

        def make(session: Session) -> tuple[str, bytes]:
            image = session.engine.best(session.history.current.state, recipe=False)
            return f"{file_stem(session.run.prompt, session.run.seed)}.png", png_bytes(image)

        return self._file(event, make)

    def card(self, event: StateEvent) -> dict[str, str]:
        """The share card of a finished state, made once."""
        return self._share(event, CARD, card_png, "png")

    def film(self, event: StateEvent) -> dict[str, str]:
        """The search that led to a finished state as an animated WebP, made once."""
        return self._share(event, FILM, film_webp, "webp")

    def _share(
        self, event: StateEvent, key: ShownKey[str], draw: Callable[[Session, str], bytes], ending: str
    ) -> dict[str, str]:
        def make(session: Session) -> tuple[str, bytes]:
            at = event.at if event.at in session.history else session.current
            data = session.shown(at, key, lambda: base64.b64encode(draw(session, at)).decode())
            name = f"{file_stem(session.run.prompt, session.run.seed)}-{key.name}.{ending}"
            return name, base64.b64decode(data)

        return self._file(event, make)

    def _file(self, event: RunEvent | StateEvent, make: Callable[[Session], tuple[str, bytes]]) -> dict[str, str]:
        session = self.store.get(event.run)
        if session is None:
            return {"error": "This run is no longer kept on this server. Start a new one."}
        try:
            name, data = make(session)
        except TTSVarError as error:
            return {"error": str(error)}
        return {"name": name, "data": base64.b64encode(data).decode()}

    def _from_picture(self, data: bytes) -> Iterator[Values]:
        recipe = read_recipe(data)
        read_prompt(recipe.run.prompt)
        copies = max((choice.count(p) for choice in recipe.choices for p in choice), default=1)
        if recipe.run.search.n > MOST_N or copies > MOST_COPIES:
            raise FileError(f"This run has N = {recipe.run.search.n}; the page draws up to N = {MOST_N}.")
        last: Replay | None = None
        for last in replay(self.store.engine, recipe):
            text = f"Drawing this run again: scale {last.drawn} of {last.of}"
            yield {"notice": notice_html(text, busy=True)}
        assert last is not None
        history = last.history
        origin = {"weights": self.store.engine.weights, "from": "picture"}
        session = self.store.adopt(lambda folder: save_history(history, folder), origin, history)
        yield reopened(self.services, session, _told(last, recipe.weights, self.store.engine.weights))

    def _tried(self, session: Session, notice: str) -> Values:
        """The page at a run that came in; one that this model cannot show is not kept, and FileError says so."""
        try:
            return reopened(self.services, session, notice)
        except TTSVarError:
            self.store.discard(session)
            raise
        except DAMAGE as error:
            self.store.discard(session)
            log.warning("a dropped session does not fit the model: %r", error)
            raise FileError("This session's numbers do not fit this model; take another copy of the file.") from error

    def _from_zip(self, data: bytes) -> Session:
        fill, origin = unpack(data)
        return self.store.adopt(fill, origin, check=check_history)


def reopened(services: Services, session: Session, notice: str) -> Values:
    """The whole page at a run that came in, with what is to be said of it."""
    session.open(session.current)
    page = services.show(Shown(session, session.current))
    return {"notice": notice_html(notice), **page, **services.recipe(session.run)}


def refused(why: str) -> Values:
    """Only the notice changes: the run that is shown stays."""
    return {"notice": notice_html(why, bad=True)}


def _content(text: str) -> bytes:
    if not text:
        raise FileError("This file is empty; drop a PNG or a ZIP that was saved here.")
    if len(text) > MOST_BYTES * 4 // 3 + 4:
        raise FileError(f"This file is larger than {MOST_BYTES // 1024**2} MB, which no picture or session here is.")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise FileError("This file did not arrive whole; drop it again.") from error


def _told(last: Replay, made: str, here: str) -> str:
    if not last.differing:
        return "Reopened: the same run, every bit of the picture as recorded."
    other = made and here and made != here
    why = f"with its own weights ({made[:10]}; those here are {here[:10]})" if other else "on another machine"
    return (
        f"Reopened: {last.differing} bits came out differently than {why}, and the recorded ones were taken. The "
        "picture is the recorded one; the other candidates are drawn here."
    )
