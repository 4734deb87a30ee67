"""Handlers: pages by name, streams of them, stops, bad input explained in place, runs that are gone."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
from engine_fakes import backend_of, page_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError
from ui.page import visit
from ui.panels.header.events import events as header_events
from ui.panels.navigation import rewinding
from ui.panels.panel import Services
from ui.panels.stage.events import Stage
from ui.scene.scene import Here
from ui.session.session import Session
from ui.setup.checks import SetupChecks
from ui.setup.events import SetupEvents
from ui.setup.fields import fields_of
from ui.shell.events import BoardEvent, CandidateEvent, Kind, OrderEvent
from ui.shell.quirks import Values

PAPER = {**fields_of(page_engine(), SearchConfig()), "plan": ""}
RISING = "8 8 6:cluster 9 6 4:cluster 2:resample 2 2 1:resample 1 1 1"


@pytest.fixture
def setup(services: Services) -> SetupEvents:
    return SetupEvents(services, SetupChecks(services.engine))


@pytest.fixture
def stage(services: Services) -> Stage:
    return Stage(services)


def values(prompt: str = PROMPT, seed: float = 0, fields: Values = PAPER) -> Values:
    return {"prompt": prompt, "seed": seed, **fields}


def begin(setup: SetupEvents, seed: float = 0) -> Here:
    return list(setup.start(values(seed=seed)))[-1]["here"]


def go_on(here: Here, kind: str = "next", counts: Any = (1,) * 8) -> BoardEvent:
    return BoardEvent.read({"run": here.run, "at": here.at, "kind": kind, "counts": list(counts)})


def rewind(services: Services, **data: Any) -> Values:
    event = rewinding(services)
    return event.answer(event.read(data))  # type: ignore[return-value]


def header(services: Services, name: str, **data: Any) -> Values:
    event = next(e for e in header_events(services) if e.name == name)
    return event.answer(event.read(data))  # type: ignore[return-value]


def kept(services: Services, here: Here) -> Session:
    session = services.store.get(here.run)
    assert session is not None
    return session


def test_back_and_forward_show_any_state_of_any_run(services: Services, setup: SetupEvents, session: Session) -> None:
    first = session.current
    there = go_to(session, 3)
    other = begin(setup, seed=5)
    assert header(services, "visit", run=session.id, at=first)["here"] == Here(session.id, first)
    assert header(services, "visit", run=session.id, at=there)["here"] == Here(session.id, there)
    assert header(services, "visit", run=other.run, at="gone")["here"] == other
    page = header(services, "visit", run="none", at="")
    assert page["here"] is None
    assert "no longer kept" in page["stage"]


def test_start_answers_before_anything_is_drawn(setup: SetupEvents) -> None:
    first = next(setup.start(values()))
    assert first["stage"].count("<i></i>") == 8
    assert 'data-busy="Drawing scale 0"' in first["stage"]
    assert backend_of(setup.services.engine).grown == []


def test_start_shows_the_first_scale(setup: SetupEvents) -> None:
    *_, last = setup.start(values())
    assert "Scale 0: all 8 go on" in last["stage"]
    assert kept(setup.services, last["here"]).current == last["here"].at


@pytest.mark.parametrize(
    ("prompt", "seed", "changes", "place", "words"),
    [
        (PROMPT, -3, {}, "number_note", "The seed is a whole number"),
        (PROMPT, 0, {"plan": RISING}, "plan_note", "Scale 3 cannot be run"),
        (PROMPT, 0, {"lam": "-5"}, "advanced_note", "lam is -5"),
        (PROMPT, 0, {"reward": "taste"}, "advanced_note", "is not known here; this engine has image-reward"),
        (PROMPT, 0, {"search": "magic"}, "search_note", "no search named"),
    ],
)
def test_bad_input_is_explained_beside_its_field(
    setup: SetupEvents, prompt: str, seed: float, changes: dict, place: str, words: str
) -> None:
    (answer,) = setup.start(values(prompt, seed, {**PAPER, **changes}))
    assert words in answer[place]
    assert "stage" not in answer, "the stage stays as it is"
    if place == "plan_note":
        assert "wrong" in answer["bars"], "the column of the scale is marked"
        assert answer["plan"]["wrong"] == 3
        assert "Scale 3 keeps 9" in answer["plan"]["message"]


def test_the_strip_of_scales_shows_the_plan_until_a_run_has_its_own(setup: SetupEvents) -> None:
    plain = fields_of(setup.services.engine, SearchConfig(strategy="raw"))
    answer = setup.check({"here": None, **plain})
    assert "<b>Next:</b>" not in answer["stepper"]
    assert "cluster" not in answer["stepper"]
    assert "prompt_note" not in answer, "the prompt was not typed"
    assert "stepper" not in setup.check({"here": Here("run", "state"), **plain}), "a run keeps its own"
    assert "stepper" not in setup.check({"here": None, **plain, "n": 99}), "a broken plan has none"


def test_unknown_words_are_marked(setup: SetupEvents) -> None:
    note = setup.check_prompt({"prompt": "a photo of three cobalt <b>balls"})["prompt_note"]
    assert "\u201c<mark>cobalt</mark>\u201d" in note
    assert "&lt;b&gt;balls" in note
    assert "See its words" in note
    assert setup.check_prompt({"prompt": PROMPT}) == {"prompt_note": ""}


def test_a_prompt_that_is_too_long_is_refused_while_it_is_typed_too(setup: SetupEvents) -> None:
    """Else the answer to the last key, which may come after that to Start, would take its complaint away."""
    note = setup.check_prompt({"prompt": "x" * 10_000})["prompt_note"]
    assert "10000 characters" in note
    assert "does not know" not in note


@pytest.mark.parametrize(
    ("kind", "pages", "title"),
    [("next", 1, "Scale 1:"), ("decision", 2, "Scale 2: keep"), ("end", 12, "Best of the run")],
)
def test_going_on_streams_every_scale(setup: SetupEvents, stage: Stage, kind: str, pages: int, title: str) -> None:
    got = list(stage.act(go_on(begin(setup), kind)))
    assert len(got) == pages
    assert title in got[-1]["stage"]
    assert all('data-busy=""' not in page["stage"] for page in got[:-1])


def test_stop_answers_within_one_scale(setup: SetupEvents, stage: Stage) -> None:
    here = begin(setup)
    stream = stage.act(go_on(here, "end"))
    next(stream)
    stage.stop(OrderEvent(here.run))
    rest = list(stream)
    assert len(rest) == 1
    assert "Scale 1:" in rest[0]["stage"]
    assert 'data-busy=""' in rest[0]["stage"]


def test_a_stop_that_comes_before_its_search_began_is_not_lost(setup: SetupEvents, stage: Stage) -> None:
    here = begin(setup)
    event = BoardEvent.read({"run": here.run, "at": here.at, "kind": "end", "counts": [1] * 8, "order": "mine"})
    stage.stop(OrderEvent(here.run, "mine"))
    (page,) = stage.act(event)
    assert "Scale 0:" in page["stage"]
    assert 'data-busy=""' in page["stage"]


def test_progress_of_what_has_not_begun_is_its_place_in_the_queue(services: Services, setup: SetupEvents) -> None:
    here = begin(setup)
    waiting = Stage(replace(services, ahead={"mine": 3}.__getitem__))
    assert waiting.progress(OrderEvent(here.run, "mine")) == {"ahead": 3}
    assert waiting.progress(OrderEvent(here.run)) == {}


def test_progress_tells_whether_an_order_is_still_being_answered(setup: SetupEvents, stage: Stage) -> None:
    here = begin(setup)
    asked = OrderEvent(here.run, "mine")
    assert stage.progress(asked) == {"over": True}, "it never came: the page waits in vain"
    stream = stage.act(BoardEvent(here.run, here.at, Kind.END, (1,) * 8, "mine"))
    next(stream)
    assert stage.progress(asked) == {}
    list(stream)
    assert stage.progress(asked) == {"over": True}
    left = stage.act(BoardEvent(here.run, here.at, Kind.END, (0, *(1,) * 7), "mine"))
    next(left)
    assert isinstance(left, Generator)
    left.close()
    assert stage.progress(asked) == {"over": True}, "the page that asked went away"


def test_progress_names_scale_and_component(setup: SetupEvents, stage: Stage, services: Services) -> None:
    here = begin(setup)
    asked = OrderEvent(here.run)
    session = kept(services, here)
    assert stage.progress(asked) == stage.progress(OrderEvent("nobody")) == {}
    told: list[dict[str, Any]] = []
    note = session._doing

    def listen(node: Any) -> Any:
        def write(part: str, items: int) -> None:
            note(node)(part, items)
            told.append(stage.progress(asked))

        return write

    session._doing = listen  # type: ignore[method-assign]
    list(stage.act(go_on(here)))
    assert [t["part"] for t in told] == [
        "transformer", "selection", "decode", "features", "reward", "selection",
    ]  # fmt: skip
    assert {(t["scale"], t["items"]) for t in told} == {(1, 8)}
    assert stage.progress(asked) == {}


def test_a_candidates_history_is_given_to_those_who_ask_rightly(setup: SetupEvents, stage: Stage) -> None:
    here = begin(setup)
    asked = {"run": here.run, "at": here.at, "row": 7}
    assert [f["scale"] for f in stage.history(CandidateEvent.read(asked))] == [0]
    for strange in ({"row": 8}, {"row": -1}, {"row": "0"}, {"row": True}, {"at": "none"}, {"run": "gone1234"}):
        assert stage.history(CandidateEvent.read(asked | strange)) == []


def test_where_a_candidate_answers_to_its_prompt_is_told_or_why_it_cannot_be(
    setup: SetupEvents, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = begin(setup)
    asked = {"run": here.run, "at": here.at, "row": 7}
    known = stage.knowledge(CandidateEvent.read(asked))
    assert known["map"].endswith(".webp")
    assert "log p(picture | prompt)" in known["told"]
    assert stage.knowledge(CandidateEvent.read(asked | {"row": 8})) == {}

    def refused(engine: Engine, state: Any, index: int) -> Any:
        raise ConfigError(f"{engine.name} does not tell.")

    monkeypatch.setattr(Engine, "knowledge", refused)
    assert stage.knowledge(CandidateEvent.read(asked)) == {"told": "fake does not tell."}


def test_nothing_selected_is_explained_and_the_run_stays(setup: SetupEvents, stage: Stage) -> None:
    *_, last = stage.act(go_on(begin(setup), counts=[0] * 8))
    assert "keep at least one candidate" in last["stage"]
    assert "Scale 0" in last["stage"]


@pytest.mark.parametrize("data", [{}, {"run": "gone1234"}, {"run": 7}, {"run": ["gone1234"]}])
def test_a_run_that_is_gone_is_said_to_be(services: Services, stage: Stage, data: dict) -> None:
    (page,) = stage.act(BoardEvent.read(data))
    assert "no longer kept" in page["stage"]
    assert "no longer kept" in rewind(services, **data)["stage"]


def test_rewind_reopen_and_leave(setup: SetupEvents, services: Services) -> None:
    here = begin(setup)
    go_to(kept(services, here), 6)
    assert "Scale 0:" in rewind(services, run=here.run, at=here.at)["stage"]
    reopened = header(services, "reopen", run=here.run)
    assert "Scale 0:" in reopened["stage"]
    assert (reopened["prompt"], reopened["seed"], reopened["search"], reopened["n"]) == (PROMPT, 0, "tts-var", 1)
    assert reopened["plan"].startswith("8 8 6:cluster 6 6 4:cluster 2:resample")
    assert "Watch a picture" in header(services, "leave")["stage"]
    assert "Scale 0:" in rewind(services, run=here.run, at="nonsense")["stage"]


@pytest.mark.slow
def test_two_visitors_do_not_mix(setup: SetupEvents, stage: Stage) -> None:
    one, two = begin(setup, seed=1), begin(setup, seed=2)
    streams = [stage.act(go_on(here, "end")) for here in (one, two)]
    for pair in zip(*streams, strict=True):
        for page, own, other in zip(pair, (one, two), (two, one), strict=True):
            assert f'data-run="{own.run}"' in page["stage"]
            assert other.run not in page["header"] + page["stage"]


def test_a_visit_makes_everything_that_a_click_would_show(
    setup: SetupEvents, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = begin(setup)
    session = kept(services, here)
    visit(services, session, here.at)

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("this was made before")

    for name in ("step", "observe"):
        monkeypatch.setattr(session.engine, name, refuse)
    assert 'data-testid="map"' in rewind(services, run=here.run, at=here.at)["clusters"]
