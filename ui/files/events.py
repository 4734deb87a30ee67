"""What leaves the page and what comes back to it: pictures, sessions, recorded runs. No torch here."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Iterator

import gradio as gr

from ttsvar.errors import FileError, TTSVarError
from ttsvar.storage.png import png_bytes, read_recipe
from ttsvar.storage.replay import Replay, replay
from ttsvar.storage.runs import save_history

from ..guide.recorded import open_recorded
from ..session.session import MOST_COPIES, Session
from ..session.store import SessionStore
from ..setup.checks import RailHandlers
from ..setup.fields import MOST_N, read_prompt
from ..shell.handlers import RECIPE_FIELDS
from ..shell.view import file_stem, show
from .archive import MOST_BYTES, check_history, pack, unpack
from .view import notice_html

log = logging.getLogger("ttsvar.ui")
PNG, ZIP = b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"


class TakeAway:
    """Handlers over one store of runs; `views` is how many outputs a whole page has, `rail` what shows a recipe."""

    def __init__(self, store: SessionStore, rail: RailHandlers, views: int) -> None:
        self.store = store
        self.rail = rail
        self.untouched = tuple(gr.skip() for _ in range(views + RECIPE_FIELDS))

    def dropped(self, event: gr.EventData) -> Iterator[tuple]:
        """Reopen the run of a dropped PNG or ZIP; what is wrong with it is said in place, and the run stays."""
        try:
            data = _content(event._data)
            if data.startswith(PNG):
                yield from self._from_picture(data)
            elif data.startswith(ZIP):
                yield self._page(self._from_zip(data), "Reopened from the session.")
            else:
                raise FileError("This is neither a PNG nor a ZIP that was saved here; drop one of those.")
        except TTSVarError as error:
            yield (notice_html(str(error), bad=True), *self.untouched)
        except Exception:
            log.exception("a dropped file failed")
            text = "This file could not be reopened; the server's log says why. The run you see is as it was."
            yield (notice_html(text, bad=True), *self.untouched)

    def recorded(self, event: gr.EventData) -> tuple:
        """Open a copy of a recorded run."""
        data = event._data
        try:
            session = open_recorded(self.store, str(data.get("name", "")) if isinstance(data, dict) else "")
        except TTSVarError as error:
            return (notice_html(str(error), bad=True), *self.untouched)
        return self._page(session, "")

    def pack(self, run_id: str) -> dict[str, str]:
        """A run as a ZIP: its name and its bytes in base64, or an error."""

        def make(session: Session) -> tuple[str, bytes]:
            return f"ttsvar-{file_stem(session.run)}-{session.id}.zip", pack(session)

        return self._file(run_id, make)

    def bare(self, run_id: str) -> dict[str, str]:
        """The best picture of the finished state a run stands at, as a PNG without its recipe."""

        def make(session: Session) -> tuple[str, bytes]:
            image = session.engine.best(session.history.current.state, recipe=False)
            return f"{file_stem(session.run)}.png", png_bytes(image)

        return self._file(run_id, make)

    def _file(self, run_id: object, make: Callable[[Session], tuple[str, bytes]]) -> dict[str, str]:
        session = self.store.get(run_id) if isinstance(run_id, str) else None
        if session is None:
            return {"error": "This run is no longer kept on this server. Start a new one."}
        try:
            name, data = make(session)
        except TTSVarError as error:
            return {"error": str(error)}
        return {"name": name, "data": base64.b64encode(data).decode()}

    def _from_picture(self, data: bytes) -> Iterator[tuple]:
        recipe = read_recipe(data)
        read_prompt(recipe.run.prompt)
        copies = max(choice.count(p) for choice in recipe.choices or ((0,),) for p in choice)
        if recipe.run.search.n > MOST_N or copies > MOST_COPIES:
            raise FileError(f"This run has N = {recipe.run.search.n}; the page draws up to N = {MOST_N}.")
        last: Replay | None = None
        for last in replay(self.store.engine, recipe):
            text = f"Drawing this run again: scale {last.scale} of {recipe.scale}"
            yield (notice_html(text, busy=True), *self.untouched)
        assert last is not None
        history = last.history
        origin = {"weights": self.store.engine.weights, "from": "picture"}
        session = self.store.adopt(lambda folder: save_history(history, folder), origin, history)
        yield self._page(session, _told(last, recipe.weights, self.store.engine.weights))

    def _from_zip(self, data: bytes) -> Session:
        fill, origin = unpack(data)
        return self.store.adopt(fill, origin, check=check_history)

    def _page(self, session: Session, notice: str) -> tuple:
        session.open(session.current)
        page = show(session, session.current).values()
        return (notice_html(notice), *page, *self.rail.recipe(session.run))


def _content(data: object) -> bytes:
    text = data.get("data") if isinstance(data, dict) else None
    if not isinstance(text, str) or not text:
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
    why = "other weights" if made and here and made != here else "another machine"
    return (
        f"Reopened: {last.differing} bits came out differently than on {why}, and the recorded ones were taken. The "
        "picture is the recorded one; the other candidates are drawn here."
    )
