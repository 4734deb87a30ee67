"""What would have been: every dropped candidate is drawn to its end, outside the run, once, until somebody stops it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from engine_fakes import backend_of
from ui_helpers import go_to

from ttsvar.config import search_config
from ttsvar.engine.loop import Engine
from ui.panels.others.events import Finishing, panel, panel_at
from ui.panels.others.view import sentences
from ui.panels.panel import Services
from ui.scene import others
from ui.scene.others import YOU, Ending, Winner
from ui.scene.scene import Here
from ui.session.session import Session
from ui.shell.events import OrderEvent


class Redder:
    """An evaluator that says yes to red pictures."""

    def verdict(self, prompt: str, image: Any) -> Any:
        colors = image.float().mean((0, 1))
        return SimpleNamespace(correct=bool(colors[0] > colors[2]), reasons=(), atoms=())


def ended(name: str, reward: float, satisfied: bool | None = None, scale: int = 2, by: str = "cluster") -> Ending:
    return Ending(name=name, scale=scale, by=by, reward=reward, satisfied=satisfied, picture="")


def test_the_dropped_end_as_they_would_have_ended(session: Session) -> None:
    session.evaluator = Redder()
    at = go_to(session, 13)
    before = len(session.history)
    *_, last = others.finish(session, at, session.take_turn())
    found = others.endings(session, at)
    assert last.done == last.total == len(found) > 0
    assert len(session.history) == before, "the run's own tree is as it was"
    assert all(ending.satisfied in (True, False) for ending in found)
    # Drawn by themselves, without any search, they come to the same: nobody's draws depend on who else lives.
    engine, run = session.engine, session.run
    state = engine.begin(run.prompt, search=search_config("best-of-n", n=8), seed=run.seed)
    while not state.done:
        state = engine.commit(engine.step(state))
    alone = dict(zip(state.candidate_ids, np.asarray(engine.observe(state)[0].scores), strict=True))
    first = [ending for ending in found if ending.scale == 2]
    assert len(first) == 2
    for ending in first:
        assert ending.reward == float(alone[ending.name])


def test_nothing_is_drawn_twice_and_another_turn_stops_it(session: Session) -> None:
    at = go_to(session, 13)
    turn = session.take_turn()
    steps = others.finish(session, at, turn)
    next(steps)
    session.take_turn()
    assert list(steps) == []
    assert others.endings(session, at) == []
    list(others.finish(session, at, session.take_turn()))
    grown = len(backend_of(cast(Engine, session.engine)).grown)
    assert list(others.finish(session, at, session.take_turn())) == []
    assert len(backend_of(cast(Engine, session.engine)).grown) == grown


def test_the_panel_counts_and_tells(session: Session, services: Services) -> None:
    services.store._hold(session)
    go_to(session, 7)
    assert panel(session) == "", "the branch has no end yet"
    assert panel_at(services, None) == {"others": ""}
    at = go_to(session, 13)
    assert "Finish the others" in panel(session)
    answers = list(Finishing(services).finish(OrderEvent(session.id)))
    pages, endings = [values["others"] for values in answers], others.endings(session, at)
    assert 'data-do="stop"' in pages[0]
    assert "drawn up to scale 3" in pages[0]
    assert 'data-do="finish"' not in pages[-1]
    assert "Regret" in pages[-1]
    assert "Regret" not in pages[0], "before all are known nothing is told of them"
    assert pages[-1].count("<figure") == len(endings) == others.progress_of(session, at).total
    assert answers[-1]["lineage"].count('class="would"') == len(endings), "the lineage tells of everybody's ending"
    assert panel_at(services, Here(session.id, at))["others"] == pages[-1]
    (gone,) = Finishing(services).finish(OrderEvent("nobody"))
    assert "no longer kept" in gone["others"]


def test_stop_is_heard_within_a_scale(session: Session, services: Services) -> None:
    services.store._hold(session)
    at = go_to(session, 13)
    steps = others.finish(session, at, session.take_turn())
    next(steps)
    assert Finishing(services).stop(OrderEvent(session.id, "late"))
    assert list(steps) == []
    (page,) = Finishing(services).finish(OrderEvent(session.id, "late"))
    assert "Finish the others" in page["others"], "what was stopped before it began never begins"


def test_others_who_draw_go_first(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    at = go_to(session, 13)
    busy = [True, True, False]
    monkeypatch.setattr(type(session.engine), "busy", property(lambda _: busy.pop(0) if busy else False))
    monkeypatch.setattr(others.time, "sleep", lambda seconds: None)
    steps = others.finish(session, at, session.take_turn())
    next(steps)
    assert busy == []


def test_a_choice_by_hand_is_judged_by_whom_the_search_would_have_kept(session: Session) -> None:
    at = go_to(session, 2)
    proposed = session.history.node(at).stepped.proposal.parents
    mine = next(row for row in range(8) if row in proposed)
    session.open(session.commit(at, [int(row != mine) for row in range(8)]))
    end = go_to(session, 13)
    list(others.finish(session, end, session.take_turn()))
    found = others.endings(session, end)
    assert [e.name for e in found if e.by == YOU] == [f"c{mine}"]
    won = others.winner_of(session, end)
    assert won is not None
    told = [line for line in sentences(found, won) if "Your choice after scale 2" in line]
    assert len(told) == 1
    assert f"dropped c{mine}, whom the search would have kept" in told[0]


def test_regret_false_drops_and_luck() -> None:
    wrong, right = Winner(name="c1", reward=0.5, satisfied=False), Winner(name="c1", reward=0.9, satisfied=True)
    found = [ended("c0", 0.7, True), ended("c2", 0.2, False), ended("c3", 0.5, False)]
    regret, drops, luck = sentences(found, wrong)
    assert "Regret: +0.20." in regret
    assert "c0, dropped after scale 2 by layout, would have ended at +0.70" in regret
    assert "1 of 3 would have ended higher" in regret
    assert "False drops: 1." in drops
    assert "25 times in 100" in luck
    assert "Regret: none" in sentences(found, right)[0]
    assert "none</b> that matter" in sentences(found, right)[1]
    assert len(sentences(found, Winner(name="c1", reward=0.5, satisfied=None))) == 1, "nothing measures this prompt"
    own = [ended("c0", 0.7, by=YOU), ended("c2", 0.2, by=YOU, scale=5)]
    unmeasured = Winner(name="c1", reward=0.5, satisfied=None)
    assert "c0 would have ended at +0.70, +0.20 over yours" in sentences(own, unmeasured)[1]
    assert "cost no reward" in sentences(own, unmeasured)[2]
