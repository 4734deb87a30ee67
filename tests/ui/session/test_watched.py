"""A link that only shows a run: all of it can be looked at, nothing changed, and the run's own id is not told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import gradio as gr
import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to, services_over

from ttsvar.config import SearchConfig
from ttsvar.errors import StateError
from ui.api import Api
from ui.panels.duel.events import Comparing
from ui.panels.header.events import events as header_events
from ui.panels.lineage.events import Lineage
from ui.panels.others.events import Finishing
from ui.panels.panel import Services
from ui.panels.redraw.events import events as redraw_events
from ui.panels.stage.events import Stage
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.session.watched import KEY, ONLY_LOOKS, SECRET
from ui.shell.events import BoardEvent, CompareEvent, Kind, NameEvent, OrderEvent, RunEvent, StateEvent
from ui.shell.quirks import Values


def on_disk(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def key(session: Session) -> str:
    go_to(session, 3)
    return session.watch_key


def test_everything_is_shown_and_the_id_is_not(services: Services, session: Session, key: str) -> None:
    assert KEY.fullmatch(key)
    reopen, visit, _ = header_events(services)
    before = on_disk(session.folder or Path())
    page = cast(Values, reopen.answer(RunEvent(key)))
    for node in session.history.path():
        page |= cast(Values, visit.answer(StateEvent(key, node.state.id)))
        assert isinstance(page["stage"], str)
        assert f"Scale {node.state.scale}:" in page["stage"]
    assert session.id not in repr(page)
    assert 'data-watched="1"' in page["header"]
    assert on_disk(session.folder or Path()) == before
    assert session.history.current.state.scale == 3, "whoever looks around moves nobody else"


def acts(services: Services, key: str, at: str) -> dict[str, Callable[[], Any]]:
    """Everything that would change a run, as the page and the API ask for it."""
    alive = len(services.store.get(key).history.node(at).state)  # type: ignore[union-attr]
    counts = (0, *(1,) * (alive - 1))
    back = next(event for event in redraw_events(services) if event.name == "back")
    again = {"run": key, "at": at, "way": "again", "row": -1, "first": 0, "copies": 1}
    return {
        "act": lambda: list(Stage(services).act(BoardEvent(key, at, Kind.END, counts))),
        "compare": lambda: list(Comparing(services).compare(CompareEvent(key, at, counts, "a" * 32))),
        "finish": lambda: list(Finishing(services).finish(OrderEvent(key))),
        "rename": lambda: Lineage(services.store).rename(NameEvent(key, at, "mine")),
        "back": lambda: back.answer(back.read(again)),
    }


@pytest.mark.parametrize("what", ["act", "compare", "rename", "back"])
def test_what_would_change_the_run_is_refused_with_a_sentence(
    services: Services, session: Session, key: str, what: str
) -> None:
    before, states = on_disk(session.folder or Path()), len(session.history)
    told = acts(services, key, session.current)[what]()
    assert ONLY_LOOKS in str(told)
    assert on_disk(session.folder or Path()) == before
    assert len(session.history) == states == len(services.store.get(key).history)  # type: ignore[union-attr]


def test_nothing_more_is_drawn_at_an_ending(services: Services, session: Session) -> None:
    session.open(session.commit(go_to(session, 2), [2, 1, 1, 1, 1, 0, 0, 0]))
    while not session.history.current.state.done:
        session.open(session.commit(session.current))
    told = acts(services, session.watch_key, session.history.path()[2].state.id)["finish"]()
    assert ONLY_LOOKS in str(told)


def test_the_api_shows_and_does_not_choose(store: SessionStore, session: Session, key: str) -> None:
    api = Api(store)
    assert api.step(key) == api.step(session.id)
    assert api.rewind(key, 1)["scale"] == 1
    for call in (lambda: api.select(key, None), lambda: api.again(key)):
        with pytest.raises(gr.Error, match="only shows the run"):
            call()
    assert api.step(session.id)["scale"] == 3


def test_what_the_owner_draws_since_is_seen(store: SessionStore, session: Session, key: str) -> None:
    before = store.get(key)
    assert before is not None
    assert before is store.get(key)
    go_to(session, 5)
    after = store.get(key)
    assert after is not None
    assert after.history.current.state.scale == 5
    with pytest.raises(StateError, match="only shows"):
        after.commit(after.current)
    with pytest.raises(StateError, match="only shows"):
        after.annotate(cast(Any, None))


def test_a_link_lasts_over_a_restart_and_belongs_to_one_folder(
    store: SessionStore, session: Session, key: str, tmp_path: Path
) -> None:
    assert store.root is not None
    found = SessionStore(page_engine(), store.root).get(key)
    assert found is not None
    assert found.history.run.prompt == PROMPT
    assert oct(os.stat(store.root / SECRET).st_mode & 0o777) == "0o600"
    other = SessionStore(page_engine(), tmp_path / "elsewhere")
    assert other.watching.key_of(session.id) not in ("", key)
    assert store.get("v" + "a" * 27) is None


def test_nothing_is_shown_of_another_model_or_before_the_first_scale(
    store: SessionStore, session: Session, key: str
) -> None:
    engine = page_engine()
    engine.name = "other"
    assert SessionStore(engine, store.root).get(key) is None
    assert store.get(store.create(PROMPT, SearchConfig(), 7).watch_key) is None


def test_without_a_folder_there_is_no_such_link() -> None:
    store = SessionStore(page_engine())
    session = store.create(PROMPT, SearchConfig(), 0)
    assert session.watch_key == ""
    assert store.get("v" + "a" * 27) is None


def test_a_run_that_is_looked_at_counts_as_used(store: SessionStore, session: Session, key: str) -> None:
    index = (session.folder or Path()) / "run.json"
    os.utime(index, (0, 0))
    assert services_over(store).store.get(key) is not None
    assert index.stat().st_mtime > 0
