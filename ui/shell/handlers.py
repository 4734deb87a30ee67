"""Events to engine calls: each handler turns what the browser sent into a view of the page. No torch here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, fields
from typing import Any

import gradio as gr
import numpy as np

from ttsvar.config import SearchConfig
from ttsvar.errors import StateError, TTSVarError
from ttsvar.schedule import decisions, resolve_batch

from ..panels.board.closeup import history_of
from ..panels.clusters.figure import cluster_figure
from ..panels.clusters.view import legend_html
from ..panels.stepper.view import stepper_html
from ..scene.frame import build_frame, clustering_vectors
from ..scene.projection import Projector
from ..session import walk as rivers
from ..session.session import Session
from ..session.shown import PLANE
from ..session.store import SessionStore
from ..setup.checks import RailHandlers
from ..setup.fields import FieldError, Fields, read_search
from .page import WAITING
from .view import View, opening, show, welcome

log = logging.getLogger("ttsvar.ui")
SKIP_VIEWS = 10
LEFT = "The page was left while the search ran, so it stopped here. Go on from here."
RECIPE_FIELDS = 2 + len(fields(Fields))


class Handlers:
    """All handlers of one app, over one engine and one store of runs."""

    def __init__(self, engine: Any, store: SessionStore, projector: Projector, reward: str | None = None) -> None:
        """`reward` is what the set-up fields begin with, where it is not the usual one."""
        self.engine = engine
        self.store = store
        self.projector = projector
        self.rail = RailHandlers(engine, reward)

    def start(self, prompt: str, seed: float, *values: Any) -> Iterator[tuple]:
        """Begin a run and show its first scale; a bad field is explained beside it."""
        chosen = Fields(*values)
        try:
            session = self.rail.read(prompt, seed, values, self.store.create)
        except FieldError as error:
            yield (*_skip(SKIP_VIEWS), *self.rail.notes(prompt, chosen, error).values())
            return
        notes = self.rail.notes(prompt, chosen, None).values()
        yield (*opening(session, self._strip(session.run.search)).values(), *notes)
        try:
            view = self._guard(session, lambda: self._open(session, session.current))
        except Exception:
            log.exception("the first scale failed")
            view = self.hello("The engine failed here; the server's log says why.")
        yield (*view.values(), *notes)

    def check(self, here: tuple[str, str] | None, *values: Any) -> tuple:
        """The notes of the settings, and before them the strip of scales: until a run has its own it shows the plan."""
        notes = self.rail.check_settings(*values)
        try:
            strip = gr.skip() if here else self._strip(read_search(Fields(*values), self.engine.schedule))
        except FieldError:
            strip = gr.skip()
        return (strip, *notes)

    def act(self, event: gr.EventData) -> Iterator[tuple]:
        """Go on with a choice: to the next scale, the next decision or the end; one view per scale."""
        data = _data(event)
        session = self.store.get(str(data.get("run", "")))
        if session is None:
            yield self._lost().values()
            return
        at, kind = str(data.get("at", "")), data.get("kind", "next")
        counts = data.get("counts")
        turn = session.take_turn()
        session.left_running = kind != "next"
        try:
            at = session.commit(at, counts if isinstance(counts, list) else [])
            for view in self._stream(session, at, kind, turn):
                yield view.values()
        except TTSVarError as error:
            yield show(session, _known(session, at), error=str(error)).values()
        except Exception:
            log.exception("a step failed")
            yield show(
                session, _known(session, at), error="The engine failed here; the server's log says why."
            ).values()
        # Not reached where the page went away, which closes this generator at a yield.
        session.left_running = False

    def _stream(self, session: Session, at: str, kind: str, turn: int) -> Iterator[View]:
        while True:
            node = session.open(at)
            if node.result is None:
                break
            free_end = node.result.grown.done and node.result.decision is None
            stay = (kind == "next" or (kind == "decision" and node.result.decision)) and not free_end
            if stay or (session.turn != turn and not free_end):
                break
            if not free_end:
                ahead = f"Drawing scale {node.state.scale + 1} of {len(session.run.schedule) - 1}"
                yield show(session, at, busy=ahead)
            if session.turn != turn and not free_end:
                break
            at = session.commit(at)
        yield show(session, at)

    def rewind(self, event: gr.EventData) -> tuple:
        """Show any computed node; whatever is running stops."""
        data = _data(event)
        session = self.store.get(str(data.get("run", "")))
        if session is None:
            return self._lost().values()
        session.take_turn()
        at = str(data.get("at", ""))
        return self._guard(session, lambda: self._open(session, at)).values()

    def reopen(self, event: gr.EventData) -> tuple:
        """A page was loaded with a run in its address: show it where it stood, and its recipe in the rail."""
        run_id = str(_data(event).get("run", ""))
        session = self.store.get(run_id)
        if session is None:
            view = self._lost() if run_id else self.hello()
            return (*view.values(), *_skip(RECIPE_FIELDS))
        note, session.left_running = LEFT if session.left_running else "", False
        view = self._guard(session, lambda: self._open(session, session.current, note))
        return (*view.values(), *self.rail.recipe(session.run))

    def hello(self, note: str = "") -> View:
        """The page before a run, with the plan of the default search."""
        return welcome(self.engine, self._strip(self.engine.resolve(SearchConfig())), note)

    def forget(self) -> tuple:
        """Leave the run (it is kept) and show the welcome."""
        return self.hello().values()

    def visit(self, session: Session, node_id: str) -> None:
        """Make everything that the page shows of a node, as a visitor's click would."""
        show(session, node_id)
        node = session.history.node(node_id)
        if node.result is not None:
            self.chart((session.id, node_id))

    def stop(self, run_id: str) -> bool:
        """Stop what is running after the scale it is at."""
        session = self.store.get(str(run_id))
        if session is not None:
            session.take_turn()
        return session is not None

    def progress(self, run_id: str) -> dict[str, Any]:
        """What is running in a run: scale, component and number of candidates; empty where nothing is."""
        session = self.store.get(str(run_id))
        doing = None if session is None else session.doing
        return {} if doing is None else asdict(doing)

    def history(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """How the candidate `index` of the scale `at` looked before; empty where there is no such candidate."""
        session = self.store.get(str(asked.get("run", "")))
        at, index = str(asked.get("at", "")), asked.get("index")
        if session is None or at not in session.history or type(index) is not int:
            return []
        result = session.history.node(at).result
        return history_of(session, at, index) if result is not None and 0 <= index < len(result.grown) else []

    def chart(self, here: tuple[str, str] | None) -> tuple:
        """The scatter of the clustering features of the node that is shown; of an ending, where several were alive."""
        session = self.store.get(here[0]) if here else None
        if session is None or here is None or here[1] not in session.history:
            return gr.update(visible=False), WAITING
        node_id = _with_several(session, here[1])
        frame = build_frame(session, node_id)
        points, method = self._plane(session, node_id)
        figure = cluster_figure(points, frame.cards)
        note = "" if node_id == here[1] else f"Scale {frame.scale}, the last with more than one candidate. "
        return gr.update(value=figure, visible=True), legend_html(frame, method, note)

    def _plane(self, session: Session, node_id: str) -> tuple[np.ndarray, str]:
        points, method = session.shown(node_id, PLANE, lambda: self._project(session, node_id))
        if method == "PCA meanwhile":
            points, method = session.show_again(node_id, PLANE, lambda: self._project(session, node_id))
        return np.asarray(points), method

    def _project(self, session: Session, node_id: str) -> list:
        points, method = self.projector.project(clustering_vectors(session, node_id))
        return [points.tolist(), method]

    def _open(self, session: Session, node_id: str, note: str = "") -> View:
        session.open(node_id)
        session.walked(node_id)
        return show(session, node_id, error=note)

    def _guard(self, session: Session, work: Callable[[], View]) -> View:
        try:
            return work()
        except StateError as error:
            return show(session, session.current, error=str(error))

    def _lost(self) -> View:
        return self.hello("This run is no longer kept on this server. Start a new one.")

    def _strip(self, search: Any) -> str:
        batch = resolve_batch(search, self.engine.schedule)
        decided = {k: str(kind) for k, kind in enumerate(decisions(search, len(batch))) if kind}
        return stepper_html(rivers.plan_cells(self.engine.schedule.sizes, batch, decided))


def _with_several(session: Session, node_id: str) -> str:
    """A node, or the last before it that had several candidates; the node itself where none had."""
    path = [n for n in session.history.path(node_id) if n.result is not None and len(n.result.grown) > 1]
    return path[-1].state.id if path else node_id


def _known(session: Session, node_id: str) -> str:
    if node_id in session.history:
        node = session.history.node(node_id)
        if node.result is not None or node.state.done:
            return node_id
    return session.current


def _data(event: gr.EventData) -> dict:
    data = event._data
    return data if isinstance(data, dict) else {}


def _skip(count: int) -> tuple:
    return tuple(gr.skip() for _ in range(count))
