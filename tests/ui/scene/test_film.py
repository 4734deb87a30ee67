"""A run as a film: what is in it, and that nothing is drawn for it."""

from __future__ import annotations

import json

from engine_fakes import FakeBackend
from ui_helpers import go_to

from ui.panels.film.events import questions
from ui.panels.panel import Services
from ui.scene.film import film_of
from ui.session.session import Session
from ui.shell.events import StateEvent


def test_a_film_has_every_scale_that_was_drawn_and_draws_nothing(session: Session, backend: FakeBackend) -> None:
    at = go_to(session, 7)
    film_of(session, at)
    before = len(backend.grown), backend.decoded
    film = film_of(session, at)
    assert (len(backend.grown), backend.decoded) == before
    assert [frame["scale"] for frame in film["frames"]] == list(range(8))
    assert [len(frame["cards"]) for frame in film["frames"]] == [8, 8, 8, 6, 6, 6, 4, 2]
    assert [frame["decision"] for frame in film["frames"]] == ["", "", "cluster", "", "", "cluster", "resample", ""]
    json.dumps(film)


def test_candidates_keep_places_and_colours_and_say_whom_they_come_from(session: Session) -> None:
    frames = film_of(session, go_to(session, 3))["frames"]
    before, after = frames[2]["cards"], frames[3]["cards"]
    for card in after:
        parent = before[card["parent"]]
        assert card["name"] == parent["name"]
        assert (card["place"], card["color"]) == (parent["place"], parent["color"])
    assert sum(card["count"] for card in before) == len(after)


def test_a_finished_film_names_its_winner_at_the_end(session: Session) -> None:
    go_to(session, 12)
    end = session.commit(session.current)
    frames = film_of(session, end)["frames"]
    assert [sum(card["winner"] for card in frame["cards"]) for frame in frames] == [0] * 12 + [1]


def test_there_is_no_film_of_a_run_that_is_not_kept(services: Services, session: Session) -> None:
    (question,) = questions(services)
    assert question.answer(StateEvent(run=session.id, at="nowhere")) == {}
    assert question.answer(StateEvent(run="0123456789", at=session.current)) == {}
