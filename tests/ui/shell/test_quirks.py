"""What is built on the inside of Gradio, over a small server of its own: pages that close, and places in the queue."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from threading import Event

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from ui.app import Explorer
from ui.shell.quirks import UNTOLD, Mailboxes, ahead_of, page_that_asks, visitor_that_asks, waiting_of, when_left


class Small:
    """A page with one event that waits, and what was heard of it."""

    def __init__(self) -> None:
        self.go_on, self.left, self.asked, self.visitors = Event(), [], [], []
        with gr.Blocks() as self.demo:
            view = gr.HTML()
            view.click(self._wait, None, view)
            when_left(self.demo, self.left.append)
        self.demo.queue(default_concurrency_limit=1)
        self.demo.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", ssr_mode=False)
        self.url = f"{self.demo.local_url}gradio_api"

    def _wait(self, event: gr.EventData) -> str:
        self.visitors.append(visitor_that_asks())
        self.asked.append((page_that_asks(), event._data["order"]))
        self.go_on.wait(30)
        return ""

    def join(self, order: str) -> None:
        sent = {"data": [], "event_data": {"order": order}, "fn_index": 0, "session_hash": f"page-{order}"}
        body = json.dumps(sent).encode()
        request = urllib.request.Request(f"{self.url}/queue/join", body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=20).read()


@pytest.fixture(scope="module")
def small() -> Iterator[Small]:
    found = Small()
    yield found
    found.go_on.set()
    found.demo.close()


def until(holds: Callable[[], bool]) -> None:
    """Wait for the server, which answers at its own time."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_page_that_is_closed_is_told_by_its_name(small: Small) -> None:
    with urllib.request.urlopen(f"{small.url}/heartbeat/abc", timeout=20) as beat:
        assert b"ALIVE" in beat.readline()
        assert small.left == []
    until(lambda: small.left == ["abc"])


def test_an_order_has_its_place_and_its_page(small: Small) -> None:
    for order in ("one", "two", "three"):
        small.join(order)
        until(lambda: bool(small.asked))
    until(lambda: ahead_of(small.demo, "three") == 2)
    assert [ahead_of(small.demo, order) for order in ("one", "two", "none")] == [0, 1, 0]
    assert [waiting_of(small.demo, host) for host in ("127.0.0.1", "1.2.3.4")] == [2, 0]
    assert small.asked == [("page-one", "one")]
    assert small.visitors == ["127.0.0.1"]
    assert page_that_asks() == visitor_that_asks() == ""


def test_a_session_describes_no_block_and_keeps_no_values() -> None:
    with Explorer() as demo:
        view, held = gr.HTML("a view"), gr.State(1)
    session = SessionState(demo)
    session._update_value_in_config(view._id, "x" * 1000)
    session[held._id] = 2
    assert list(session.components) == []
    assert "xxx" not in repr(session.config_values)
    assert (session[held._id], SessionState(demo)[held._id], session[view._id]) == (2, 1, view)
    described = [block["props"] for block in demo.get_config_file().get("components", [])]
    assert "a view" in [props.get("value") for props in described], "the page itself is told of its blocks"


def test_what_a_session_changes_of_a_block_is_its_own() -> None:
    with Explorer() as demo:
        view = gr.HTML("a view")
    mine, other, changed = SessionState(demo), SessionState(demo), gr.HTML("mine")
    mine[view._id] = changed
    assert (mine[view._id], other[view._id], demo.blocks[view._id]) == (changed, view, view)
    assert UNTOLD == {}


def test_the_mailbox_that_was_used_longest_ago_is_dropped_and_not_the_oldest() -> None:
    boxes = Mailboxes(3)
    for session in ("stays", "a", "b"):
        boxes[session] = []
    assert "stays" in boxes
    boxes["c"] = []
    assert boxes["stays"] == []
    boxes["d"] = []
    assert list(boxes) == ["c", "stays", "d"]
