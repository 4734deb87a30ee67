"""The panel of redrawing: what it offers, what its events lead to, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from ui_helpers import PROMPT, go_to, services_over

from ttsvar.config import SearchConfig
from ui.panels.redraw.events import BackEvent, events
from ui.panels.redraw.view import SIDE, redraw_of
from ui.scene.scene import Shown
from ui.session.session import Session
from ui.session.store import SessionStore


@pytest.fixture
def run(store: SessionStore) -> Session:
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    go_to(session, 4)
    return session


def back(store: SessionStore, session: Session, **sent: Any) -> dict[str, Any]:
    (event,) = events(services_over(store))
    usual = {"run": session.id, "at": session.current, "way": "part", "row": 1, "first": 2, "copies": 3}
    keep = [1, 0] * (SIDE * SIDE // 2)
    return event.answer(BackEvent.read({**usual, "keep": keep, **sent}))  # type: ignore[return-value]


def test_every_candidate_cell_and_scale_is_offered(run: Session) -> None:
    html = redraw_of(Shown(run, run.current))
    assert html.count('role="radio"') == len(run.history.current.state)
    assert html.count("data-cell=") == SIDE * SIDE
    assert html.count("<option") == 5 + len(run.history.current.state)
    assert html.count(" selected") == 1
    assert "4 (4 x 4): shapes and colours" in html


def test_variants_stand_beside_the_original_as_a_branch(store: SessionStore, run: Session) -> None:
    before = run.history.current
    values = back(store, run)
    after = run.history.current
    assert (after.state.scale, len(after.state)) == (4, 3)
    assert len(run.history.leaves()) == 2
    assert run.history.node(before.state.id) is not None
    assert all(name in values["stage"] for name in after.state.candidate_ids)


def test_a_scale_is_drawn_again_and_candidates_are_joined(store: SessionStore, run: Session) -> None:
    alive = len(run.history.current.state)
    back(store, run, way="again", row=-1)
    assert len(run.history.current.state) == alive
    back(store, run, way="again", row=2)
    assert len(run.history.current.state) == 1
    back(store, run, way="cross", row=0, other=0)
    assert run.history.current.state.candidate_ids[0].startswith("c")


def test_an_ending_is_redrawn(store: SessionStore, run: Session) -> None:
    go_to(run, 13)
    shown = Shown(run, run.current)
    assert f'data-at="{shown.grown}"' in redraw_of(shown)
    back(store, run, at=shown.grown, row=0, first=9)
    assert (run.history.current.state.scale, len(run.history.current.state)) == (12, 3)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"keep": [1, 0]}, "did not arrive whole"),
        ({"copies": 9}, "1 to 8 variants"),
        ({"row": 77}, "candidates here are"),
        ({"first": "2"}, "not possible"),
        ({"way": "cross", "other": None}, "candidates here are"),
        ({"at": "nowhere"}, "no state"),
    ],
)
def test_what_does_not_fit_is_said_and_the_run_stays(
    store: SessionStore, run: Session, sent: dict[str, Any], words: str
) -> None:
    stood = run.current
    assert words in back(store, run, **sent)["stage"]
    assert run.current == stood
