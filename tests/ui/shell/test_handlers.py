"""Handlers: streams of views, stops, bad input explained in place, runs that are gone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fake_engine import fake_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ui.scene.projection import to_unit
from ui.session.store import SessionStore
from ui.setup.fields import Fields, fields_of
from ui.shell.handlers import Handlers

FIELDS = ("tts-var", 1, "", "pca", "value", "10", "image-reward", "3", "0.5", 0.97)
RISING = "8 8 6:cluster 9 6 4:cluster 2:resample 2 2 1:resample 1 1 1"


class FlatProjector:
    """Stands in for UMAP."""

    def project(self, vectors: Any) -> tuple[Any, str]:
        return to_unit(vectors[:, :2].astype(float)), "UMAP"


@pytest.fixture
def handlers(store: SessionStore) -> Handlers:
    return Handlers(store.engine, store, FlatProjector())  # type: ignore[arg-type]


def event(**data: Any) -> gr.EventData:
    return SimpleNamespace(_data=data)  # type: ignore[return-value]


def begin(handlers: Handlers, prompt: str = PROMPT, seed: float = 0, fields: tuple = FIELDS) -> tuple:
    return list(handlers.start(prompt, seed, *fields))[-1]


def test_start_answers_before_anything_is_drawn(handlers: Handlers) -> None:
    first = next(handlers.start(PROMPT, 0, *FIELDS))
    assert first[2].count("<i></i>") == 8
    assert 'data-busy="Drawing scale 0"' in first[2]
    assert handlers.engine.backend.grown == []


def test_start_shows_the_first_scale(handlers: Handlers) -> None:
    values = begin(handlers)
    assert "Scale 0: all 8 go on" in values[2]
    run, at = values[9]
    assert handlers.store.get(run).current == at  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("prompt", "seed", "fields", "place", "words"),
    [
        ("  ", 0, FIELDS, 10, "Write what the picture"),
        (PROMPT, -3, FIELDS, 11, "The seed is a whole number"),
        (PROMPT, 0, ("tts-var", 1, RISING, *FIELDS[3:]), 13, "Scale 3 cannot be run"),
        (PROMPT, 0, (*FIELDS[:5], "-5", *FIELDS[6:]), 14, "lam is -5"),
        (PROMPT, 0, (*FIELDS[:6], "taste", *FIELDS[7:]), 14, "is not known here; this engine has image-reward"),
        (PROMPT, 0, ("magic", *FIELDS[1:]), 12, "no search named"),
    ],
)
def test_bad_input_is_explained_beside_its_field(
    handlers: Handlers, prompt: str, seed: float, fields: tuple, place: int, words: str
) -> None:
    values = begin(handlers, prompt, seed, fields)
    assert words in values[place]
    assert not isinstance(values[2], str), "the stage stays as it is"
    if place == 13:
        assert "wrong" in values[15], "the column of the scale is marked"
        assert values[16]["wrong"] == 3
        assert "Scale 3 keeps 9" in values[16]["message"]


def test_the_strip_of_scales_shows_the_plan_until_a_run_has_its_own(handlers: Handlers) -> None:
    plain = fields_of(handlers.engine, SearchConfig(strategy="raw"))
    values = [getattr(plain, name) for name in Fields.__dataclass_fields__]
    strip, *notes = handlers.check(None, *values)
    assert "<b>Next:</b>" not in strip
    assert "cluster" not in strip
    assert tuple(notes) == handlers.rail.check_settings(*values)
    assert isinstance(handlers.check(("run", "state"), *values)[0], dict), "a run keeps its own"
    assert isinstance(handlers.check(None, plain.search, 99, *values[2:])[0], dict), "a broken plan has none"


def test_unknown_words_are_marked(handlers: Handlers) -> None:
    note = handlers.rail.check_prompt("a photo of three cobalt <b>balls")
    assert "\u201c<mark>cobalt</mark>\u201d" in note
    assert "&lt;b&gt;balls" in note
    assert "See its words" in note
    assert handlers.rail.check_prompt(PROMPT) == ""


@pytest.mark.parametrize(
    ("kind", "views", "title"),
    [("next", 1, "Scale 1:"), ("decision", 2, "Scale 2: keep"), ("end", 12, "Best of the run")],
)
def test_going_on_streams_every_scale(handlers: Handlers, kind: str, views: int, title: str) -> None:
    run, at = begin(handlers)[9]
    got = list(handlers.act(event(run=run, at=at, kind=kind, counts=[1] * 8)))
    assert len(got) == views
    assert title in got[-1][2]
    assert all('data-busy=""' not in values[2] for values in got[:-1])


def test_stop_answers_within_one_scale(handlers: Handlers) -> None:
    run, at = begin(handlers)[9]
    stream = handlers.act(event(run=run, at=at, kind="end", counts=[1] * 8))
    next(stream)
    handlers.stop(run)
    rest = list(stream)
    assert len(rest) == 1
    assert "Scale 1:" in rest[0][2]
    assert 'data-busy=""' in rest[0][2]


def test_progress_names_scale_and_component(handlers: Handlers) -> None:
    run, at = begin(handlers)[9]
    session = handlers.store.get(run)
    assert session is not None
    assert handlers.progress(run) == handlers.progress("nobody") == {}
    told: list[dict[str, Any]] = []
    note = session._doing

    def listen(node: Any) -> Any:
        def write(part: str, items: int) -> None:
            note(node)(part, items)
            told.append(handlers.progress(run))

        return write

    session._doing = listen  # type: ignore[method-assign]
    list(handlers.act(event(run=run, at=at, kind="next", counts=[1] * 8)))
    assert [t["part"] for t in told] == [
        "transformer", "selection", "decode", "features", "reward", "selection",
    ]  # fmt: skip
    assert {(t["scale"], t["items"]) for t in told} == {(1, 8)}
    assert handlers.progress(run) == {}


def test_a_candidates_history_is_given_to_those_who_ask_rightly(handlers: Handlers) -> None:
    run, at = begin(handlers)[9]
    asked = {"run": run, "at": at, "index": 7}
    assert [f["scale"] for f in handlers.history(asked)] == [0]
    for strange in ({"index": 8}, {"index": -1}, {"index": "0"}, {"index": True}, {"at": "none"}, {"run": "gone1234"}):
        assert handlers.history(asked | strange) == []


def test_nothing_selected_is_explained_and_the_run_stays(handlers: Handlers) -> None:
    run, at = begin(handlers)[9]
    values = list(handlers.act(event(run=run, at=at, kind="next", counts=[0] * 8)))[-1]
    assert "keep at least one candidate" in values[2]
    assert "Scale 0" in values[2]


@pytest.mark.parametrize("data", [{}, {"run": "gone1234"}, {"run": 7}])
def test_a_run_that_is_gone_is_said_to_be(handlers: Handlers, data: dict) -> None:
    assert "no longer kept" in list(handlers.act(event(**data)))[-1][2]
    assert "no longer kept" in handlers.rewind(event(**data))[2]


def test_rewind_reopen_and_leave(handlers: Handlers) -> None:
    run, at = begin(handlers)[9]
    session = handlers.store.get(run)
    assert session is not None
    go_to(session, 6)
    assert "Scale 0:" in handlers.rewind(event(run=run, at=at))[2]
    reopened = handlers.reopen(event(run=run))
    assert "Scale 0:" in reopened[2]
    assert reopened[10:14] == (PROMPT, 0, "tts-var", 1)
    assert reopened[14].startswith("8 8 6:cluster 6 6 4:cluster 2:resample")
    assert "Watch a picture" in handlers.forget()[2]
    assert "Scale 0:" in handlers.rewind(event(run=run, at="nonsense"))[2]


def test_two_visitors_do_not_mix(handlers: Handlers) -> None:
    (one, at_one), (two, at_two) = begin(handlers, seed=1)[9], begin(handlers, seed=2)[9]
    streams = [handlers.act(event(run=r, at=a, kind="end", counts=[1] * 8)) for r, a in ((one, at_one), (two, at_two))]
    for pair in zip(*streams, strict=True):
        for values, own, other in zip(pair, (one, two), (two, one), strict=True):
            assert f'data-run="{own}"' in values[2]
            assert other not in values[0] + values[2]


def test_the_chart_has_a_legend(handlers: Handlers) -> None:
    here = begin(handlers)[9]
    plot, legend = handlers.chart(here)
    assert plot["value"].layout.images
    assert "UMAP of the clustering features" in legend
    assert "appear here" in handlers.chart(None)[1]


def test_handlers_import_no_torch() -> None:
    import ui.shell.handlers

    assert not hasattr(ui.shell.handlers, "torch")
    assert fake_engine().name == "fake"
