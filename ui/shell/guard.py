"""What stands before every request: who may ask, how much a request may hold, and the routes that nobody needs."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .contract import MOST_BYTES
from .hosts import Hosts

log = logging.getLogger("ttsvar.ui")
MOST_BODY = 1024**2
"""Bytes of a request; a file that is dropped on the page comes in base64, in an event."""
MOST_EVENT = MOST_BYTES * 4 // 3 + 64 * 1024
MOST_VALUES = 20_000
"""Values in a request's JSON, counted by its marks: millions of tiny ones take minutes to read, and all others wait."""
MOST_WAITING = 8 * MOST_EVENT
"""Bytes of all requests that are being received."""
MOST_OF_ONE = 48
"""Events of one visitor's address that wait to be answered; all together may be 256."""
PATIENCE, LONGEST = 20.0, 120.0
"""Seconds without a byte, and for the whole request."""
EVENTS = re.compile(r"(/gradio_api)?/queue/join/?")
CLOSED = re.compile(
    r"(/gradio_api)?/(upload|upload_progress|process_recording|proxy|stream|vibe-edit|undo-vibe-edit|vibe-code|"
    r"vibe-starter-queries|run-history|runs|dev|profiling|monitoring|deep_link)([/=].*)?"
)
"""Routes of Gradio that the page has no use for: files come in events, and nothing is recorded or edited here."""
SAFE = ("GET", "HEAD", "OPTIONS")


class RefusedError(Exception):
    """A request that is not passed on: the status and the sentence of its answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Guard:
    """ASGI middleware; whatever is refused is answered in one sentence, and never reaches Gradio."""

    def __init__(self, app: ASGIApp, hosts: Hosts, waits: Callable[[str], int] = lambda visitor: 0) -> None:
        """`waits` tells how many events of a visitor's address wait to be answered."""
        self.app = app
        self.hosts = hosts
        self.waits = waits
        self.waiting = 0
        self._told: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check a request and pass it on with its whole body."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            self._check(scope)
            if scope["type"] == "websocket" or scope["method"] in SAFE:
                await self.app(scope, receive, send)
                return
            with self._room() as held:
                body = await self._body(scope, receive, held)
            await self.app(scope, _again(body, receive), send)
        except RefusedError as error:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": str(error)[:100]})
                return
            told = {"detail": str(error)}
            page = EVENTS.fullmatch(scope["path"])  # whose script shows what it finds under this name
            answer = JSONResponse(told, error.status) if page else PlainTextResponse(str(error), error.status)
            await answer(scope, receive, send)
        except ClientDisconnect:
            log.debug("a request was left before it had come whole")

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        for host in named:
            if not self.hosts.answers(host):
                self._tell(host)
                raise RefusedError(421, "This app does not answer to this name; whoever runs it can --allow-host it.")
        origin, host = headers.get("origin"), named[0] if named else ""
        if origin is not None and not self.hosts.may_act(origin, host):
            self._tell(origin)
            raise RefusedError(403, "Another page may not use this app; whoever runs it can --allow-host it.")
        acts = scope["type"] == "websocket" or scope["method"] not in SAFE
        if acts and origin is None and headers.get("sec-fetch-site") == "cross-site":
            raise RefusedError(403, "Another page may not use this app.")
        client = scope.get("client")
        if EVENTS.fullmatch(scope["path"]) and client and (waiting := self.waits(client[0])) >= MOST_OF_ONE:
            why = f"{waiting} requests of yours wait to be answered here, as many as one visitor may have."
            raise RefusedError(429, f"{why} Send this one again when some of them are done.")
        if CLOSED.fullmatch(scope["path"]):
            raise RefusedError(403, "This app does not offer that; files are dropped on its page.")

    def _tell(self, name: str) -> None:
        """One line for whoever runs the app, once a name: a name of theirs may have been left out."""
        if name not in self._told and len(self._told) < 20:
            self._told.add(name)
            log.warning("refused a request of %.80r; if it is yours, add its name: --allow-host NAME", name)

    async def _body(self, scope: Scope, receive: Receive, held: list[int]) -> bytes:
        most = MOST_EVENT if EVENTS.fullmatch(scope["path"]) else MOST_BODY
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length[:20]) > most:
            raise RefusedError(413, f"This request is larger than {most:,} bytes.")
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(LONGEST):
                while True:
                    message = await asyncio.wait_for(receive(), PATIENCE)
                    if message["type"] == "http.disconnect":
                        raise ClientDisconnect
                    parts.append(message.get("body", b""))
                    held[0] += len(parts[-1])
                    self.waiting += len(parts[-1])
                    if held[0] > most:
                        raise RefusedError(413, f"This request is larger than {most:,} bytes.")
                    if self.waiting > MOST_WAITING:
                        raise RefusedError(503, "Too much is being sent at once; try again in a minute.")
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            raise RefusedError(408, "This request did not come whole in time; send it again.") from None
        body = b"".join(parts)
        if sum(body.count(mark) for mark in b",[{") > MOST_VALUES:
            raise RefusedError(413, f"This request holds more than {MOST_VALUES:,} values.")
        return body

    @contextmanager
    def _room(self) -> Iterator[list[int]]:
        """Count the bytes of a request while it is received."""
        held = [0]
        try:
            yield held
        finally:
            self.waiting -= held[0]


def _again(body: bytes, receive: Receive) -> Receive:
    """What was received, once more; then whatever comes."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
