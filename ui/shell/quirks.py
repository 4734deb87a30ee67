"""What Gradio does that a reader would not expect, each with its reason; nothing else in `ui/` works around it."""

from __future__ import annotations

import inspect
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, Literal

import gradio as gr
from gradio.blocks import BlocksConfig
from gradio.components import Component
from gradio.context import LocalContext
from gradio.utils import LRUCache

from .pictures import PICTURES

Values = dict[str, Any]
"""What a handler returns: new values of components by their names; those that it does not name stay as they are."""
Mode = Literal["once", "multiple", "always_last"]

SILENT: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
"""Of every event of the page: by default Gradio covers outputs with a spinner and lists the event as an endpoint."""
EVERY: Mode = "multiple"
"""Gradio drops an event that comes while the answer to the last one is still being closed, as a quick hand sends it."""
LAST: Mode = "always_last"
"""Of several events that come meanwhile only the last counts, and it is not dropped."""
FOOTER: tuple[str, ...] = ("api",)
"""Gradio serves the documentation at `?view=api` only where its footer links to it; `chrome.css` hides the footer."""

MAILBOXES = 2000
UNTOLD: dict[str, Any] = {}
"""The description of a block in a session: none, and nobody writes into it."""

_ticks = count()


def tick() -> int:
    """A number that never comes again: a value that is equal to the last one is not delivered to the view's script."""
    return next(_ticks)


def sent(event: gr.EventData) -> dict[str, Any]:
    """What a script gave to `trigger`: Gradio keeps it in a private field, and anybody can send anything."""
    data = event._data
    return data if isinstance(data, dict) else {}


def page_that_asks() -> str:
    """Gradio's name for the open page whose event is being answered; empty where something else asks.

    Gradio hands its request to functions that name it among their arguments, which ours have no other reason for.
    """
    request = LocalContext.request.get(None)
    return (request.session_hash if request is not None else None) or ""


def visitor_that_asks() -> str:
    """The address of whoever sent the event that is being answered; empty where something else asks."""
    request = LocalContext.request.get(None)
    return "" if request is None or request.client is None else request.client.host


class LightBlocks(BlocksConfig):
    """The blocks of the app, of which a session gets a copy that describes none of them.

    For every session, and every call of the API is one, Gradio describes all blocks anew (18 ms of the one thread that
    answers all requests, and 342 KB that stay), and keeps the last values of each, for links that this app has not.
    What a session changes of them is kept over those of all.
    """

    def __copy__(self) -> BlocksConfig:
        own: Any = BlocksConfig(self.root_block)
        own.blocks, own.fns, own.fn_id = ChainMap({}, self.blocks), ChainMap({}, self.fns), self.fn_id
        own.config_for_block = lambda *block: UNTOLD
        return own


class Mailboxes(LRUCache[str, Any]):
    """What waits to be sent to each session, by its name; of too many the one that was used longest ago is dropped.

    Gradio drops the one that was opened longest ago: the page of whoever stays for long, whose answer is then lost.
    """

    def __contains__(self, session: object) -> bool:
        found = super().__contains__(session)
        if found:
            self.move_to_end(str(session))
        return found

    def __getitem__(self, session: str) -> Any:
        self.move_to_end(session)
        return super().__getitem__(session)


def keep_answers(demo: gr.Blocks) -> None:
    """After `demo.queue`: no answer is lost to whoever has been here longer than many others."""
    demo._queue.pending_messages_per_session = Mailboxes(MAILBOXES)


def waiting_of(demo: gr.Blocks, visitor: str) -> int:
    """How many events of one address wait to be answered."""
    lines = list(demo._queue.event_queue_per_concurrency_id.values())
    clients = [event.request.client for line in lines for event in list(line.queue)]
    return sum(client is not None and client.host == visitor for client in clients)


def ahead_of(demo: gr.Blocks, order: str) -> int:
    """How many requests of its kind begin before the one that carries this order; 0 where none waits."""
    for line in list(demo._queue.event_queue_per_concurrency_id.values()):
        for place, event in enumerate(list(line.queue), start=1):
            told = None if event.data is None else event.data.event_data
            if isinstance(told, dict) and told.get("order") == order:
                return place
    return 0


def when_left(demo: gr.Blocks, then: Callable[[str], None]) -> None:
    """Call `then` with a page's name once it is closed or loaded anew, which its connection tells."""

    def left() -> None:
        then(page_that_asks())

    demo.unload(left)


def on_event(handler: Callable[[Any], Any], read: Callable[[dict[str, Any]], Any], components: Mapping) -> Any:
    """A handler of what a script sent, as Gradio wants it.

    It looks for a plain function, a generator where several answers come, and for the annotation `gr.EventData`. When
    a generator ends it sends the last answer, which came already, once more: so the last one is that nothing changes.
    """
    if inspect.isgeneratorfunction(handler):

        def stream(event: gr.EventData) -> Iterator[Any]:
            for values in handler(read(sent(event))):
                yield keyed(values, components)
            yield gr.skip()

        return stream

    def answer(event: gr.EventData) -> Any:
        return keyed(handler(read(sent(event))), components)

    return answer


def on_values(handler: Callable[[Values], Any], names: Mapping[Component, str], components: Mapping) -> Any:
    """A handler of components' values by name: Gradio passes a set of inputs as a dictionary keyed by component.

    A generator ends as in `on_event`.
    """
    if inspect.isgeneratorfunction(handler):

        def stream(values: dict[Component, Any]) -> Iterator[Any]:
            for answered in handler({names[c]: v for c, v in values.items()}):
                yield keyed(answered, components)
            yield gr.skip()

        return stream

    def answer(values: dict[Component, Any]) -> Any:
        return keyed(handler({names[c]: v for c, v in values.items()}), components)

    return answer


def keyed(values: Values, components: Mapping[str, Component]) -> Any:
    """Values by name as values by component, which is how Gradio takes them without an order; pictures by address."""
    sends = {name: PICTURES.addressed(value) if isinstance(value, str) else value for name, value in values.items()}
    return {components[name]: value for name, value in sends.items()} or gr.skip()


def plain(name: str, answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that a script may call: Gradio offers it under the name of a plain function of one value."""

    def function(data: Any = None) -> Any:
        return answer(data)

    function.__name__ = name
    return function
