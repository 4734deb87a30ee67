"""What scripts send is read once; whatever else comes is nobody's run, no choice, no text."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.shell.events import (
    BoardEvent,
    CandidateEvent,
    CompareEvent,
    FileEvent,
    Kind,
    NameEvent,
    RunEvent,
    StateEvent,
    VisitorEvent,
)
from ui.shell.quirks import on_event, plain, sent, tick

EVENTS = (
    BoardEvent, CandidateEvent, CompareEvent, FileEvent, NameEvent, RunEvent, StateEvent, VisitorEvent,
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["run", "at", "counts", "kind", "row"]), inner),
    max_leaves=6,
)


def test_half_a_character_is_no_text() -> None:
    assert FileEvent.read({"name": "a\udc00", "data": "ok"}) == FileEvent(name="", data="ok")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
@given(data=JSON)
def test_anything_can_be_read(event: Any, data: Any) -> None:
    read = event.read(data)
    for value in vars(read).values():
        assert value is None or isinstance(value, str | tuple) or type(value) is int


def test_a_choice_is_read_as_it_was_sent() -> None:
    event = BoardEvent.read({"run": "abc", "at": "s1", "kind": "end", "counts": [0, 2]})
    assert event == BoardEvent(run="abc", at="s1", kind=Kind.END, counts=(0, 2))


@pytest.mark.parametrize("counts", [None, "12", [1, True], [1, 1.0], {"0": 1}, [[1]]])
def test_what_is_no_list_of_whole_numbers_is_no_choice(counts: Any) -> None:
    assert BoardEvent.read({"counts": counts}).counts == ()
    assert CompareEvent.read({"counts": counts}).counts == ()


def test_an_unknown_way_on_goes_one_scale() -> None:
    assert BoardEvent.read({"kind": "everything"}).kind is Kind.NEXT


def test_ids_come_alone_or_in_an_object() -> None:
    assert RunEvent.read("abc") == RunEvent.read({"run": "abc"}) == RunEvent("abc")
    assert VisitorEvent.read("v") == VisitorEvent(visitor="v", name="")


def test_a_handler_gets_the_event_that_was_read_and_answers_by_component() -> None:
    with gr.Blocks():
        place = gr.HTML()
    handler = on_event(lambda event: {"place": event.run}, RunEvent.read, {"place": place})
    assert handler(gr.EventData(None, {"run": "abc"})) == {place: "abc"}
    silent = on_event(lambda event: {}, RunEvent.read, {"place": place})
    assert silent(gr.EventData(None, None)) == gr.skip(), "no value at all is no update, not an empty object"


def test_a_stream_of_answers_stays_one() -> None:
    with gr.Blocks():
        place = gr.HTML()

    def twice(event: RunEvent) -> Any:
        yield {"place": event.run}
        yield {"place": event.run * 2}

    handler = on_event(twice, RunEvent.read, {"place": place})
    assert list(handler(gr.EventData(None, {"run": "ab"}))) == [{place: "ab"}, {place: "abab"}, gr.skip()]


def test_gradios_quirks() -> None:
    assert sent(gr.EventData(None, ["no", "object"])) == {}
    assert tick() != tick()
    assert plain("peek", len).__name__ == "peek"
