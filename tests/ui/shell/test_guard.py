"""Requests that are refused before anything reads them, and those that pass unchanged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from engine_fakes import page_engine
from starlette.types import Message

from ui.app import Explorer, create_app
from ui.shell import guard
from ui.shell.guard import MOST_BODY, MOST_EVENT, Guard
from ui.shell.hosts import Hosts

JOIN, SERVER = "/gradio_api/queue/join", "/gradio_api/component_server"


class Asked:
    """An app that keeps the bodies it was sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def ask(path: str = JOIN, *parts: bytes, method: str = "POST", **headers: str) -> tuple[int, Asked, Guard]:
    """The status of one request that comes in parts, what the app was sent, and what stood before it."""
    app = Asked()
    guarded = Guard(app, Hosts())
    named = {"host": "localhost:7860", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {
        "type": "http", "method": method, "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    coming: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    coming.append({"type": "http.request", "body": b"", "more_body": False})
    answers: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(guarded(scope, receive, send))
    return answers[0]["status"], app, guarded


def test_a_request_of_the_page_passes_whole() -> None:
    status, app, guarded = ask(JOIN, b'{"data"', b": [1]}", origin="http://localhost:7860")
    assert (status, app.bodies, guarded.waiting) == (200, [b'{"data": [1]}'], 0)


@pytest.mark.parametrize("path", [JOIN, SERVER, "/gradio_api/mcp/", "/gradio_api/call/begin"])
@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (421, {"host": "evil.example:7860"}),
        (403, {"origin": "https://evil.example"}),
        (403, {"origin": "null"}),
        (403, {"origin": "http://localhost:9999"}),
        (403, {"sec_fetch_site": "cross-site"}),
    ],
)
def test_a_page_elsewhere_reaches_nothing(path: str, status: int, headers: dict[str, str]) -> None:
    got, app, _ = ask(path, b"{}", **headers)
    assert (got, app.bodies) == (status, [])


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/upload", "/gradio_api/vibe-edit/", "/monitoring/summary"])
def test_routes_without_a_use_are_closed(path: str) -> None:
    assert ask(path, b"x")[0] == 403


def test_a_body_has_a_most() -> None:
    assert ask(SERVER, b"x" * MOST_BODY)[0] == 200
    assert ask(SERVER, b"x" * MOST_BODY, b"y")[0] == 413
    assert ask(SERVER, content_length=str(10**30))[0] == 413
    assert ask(SERVER, content_length="many")[0] == 413
    assert ask(JOIN, b"x" * (MOST_BODY + 1))[0] == 200
    assert ask(JOIN, content_length=str(MOST_EVENT + 1))[0] == 413


def test_a_body_of_countless_values_is_refused() -> None:
    assert ask(JOIN, b"[" + b"[]," * 30_000 + b"[]]")[0] == 413


def test_all_that_is_being_sent_together_has_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_WAITING", 10)
    status, _, guarded = ask(JOIN, b"x" * 11)
    assert (status, guarded.waiting) == (503, 0)


def test_who_sends_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.01)
    app, answers = Asked(), []

    async def send(message: Message) -> None:
        answers.append(message)

    async def silent() -> Message:
        await asyncio.sleep(60)
        return {}

    scope = {"type": "http", "method": "POST", "path": JOIN, "headers": [(b"host", b"localhost")]}
    asyncio.run(Guard(app, Hosts())(scope, silent, send))
    assert (answers[0]["status"], app.bodies) == (408, [])


def test_who_waits_for_much_already_is_told_so_where_the_page_looks_for_it() -> None:
    app, answers = Asked(), []

    async def send(message: Message) -> None:
        answers.append(message)

    async def empty() -> Message:
        return {"type": "http.request", "body": b"{}"}

    waiting = {"1.2.3.4": guard.MOST_OF_ONE, "5.6.7.8": guard.MOST_OF_ONE - 1}
    for host in waiting:
        scope = {
            "type": "http", "method": "POST", "path": JOIN, "client": (host, 1),
            "headers": [(b"host", b"localhost"), (b"content-length", b"2")],
        }  # fmt: skip
        asyncio.run(Guard(app, Hosts(), waiting.__getitem__)(scope, empty, send))
    assert answers[0]["status"] == 429
    assert json.loads(answers[1]["body"])["detail"].startswith(f"{guard.MOST_OF_ONE} requests of yours wait")
    assert len(app.bodies) == 1


@pytest.fixture(scope="module")
def served() -> Iterator[Explorer]:
    """The app as it is launched."""
    demo = create_app(page_engine())
    demo.launch(prevent_thread_lock=True, allow_hosts=["lab.example.org"])
    yield demo
    demo.close()


@pytest.mark.slow
def test_the_app_is_launched_behind_it(served: Explorer) -> None:
    with httpx.Client(base_url=str(served.local_url), timeout=30) as client:
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"host": "lab.example.org"}).status_code == 200
        assert client.get("/", headers={"host": "evil.example"}).status_code == 421
        assert client.get("/monitoring/summary").status_code == 403
        assert client.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403
        begin = {"data": ["a cup"], "session_hash": "s", "fn_index": 0}
        for origin, status in (("https://evil.example", 403), (str(served.local_url).rstrip("/"), 200)):
            answer = client.post("/gradio_api/queue/join", json=begin, headers={"origin": origin})
            assert answer.status_code == status, answer.text
