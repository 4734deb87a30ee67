"""The addresses of /guess: the page, questions for one, rooms for a class, and the code to scan."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from ttsvar.errors import StateError, TTSVarError

from ...session.store import SessionStore
from ...shell.contract import STORAGE
from ...shell.events import text
from ...shell.theme import PALETTE, script
from ..scan import scannable
from .puzzle import Puzzle, Puzzles
from .rooms import Rooms

log = logging.getLogger("ttsvar.ui")
LOCAL = ("127.0.0.1", "localhost", "[::1]")
STYLES = (PALETTE, "pages/learn/learn.css", "pages/guess/guess.css")
SCRIPTS = ("pages/guess/tally.js", "pages/guess/guess.js")
MOST_TURNS = 200
"""Questions of one day."""


class Guess:
    """The game over a store of runs; `address` is where others of the room reach this app."""

    def __init__(self, store: SessionStore, address: Callable[[], str]) -> None:
        self.puzzles = Puzzles(store)
        self.rooms = Rooms()
        self.address = address

    def routes(self) -> list[Route]:
        """The page and what its script asks."""
        return [
            Route("/guess", self.page),
            Route("/guess/question", self._json(self.question), methods=["POST"]),
            Route("/guess/rooms", self._json(self.rooms_), methods=["POST"]),
        ]

    def page(self, request: Request) -> HTMLResponse:
        """The page itself; what it shows comes from its script."""
        parts = {
            "/*style*/": "\n".join(map(script, STYLES)),
            "/*script*/": "\n".join(map(script, SCRIPTS)),
            "{data}": json.dumps({"theme": STORAGE["theme"], "kept": STORAGE["guess"]}),
        }
        page = script("pages/guess/guess.html")
        for place, words in parts.items():
            page = page.replace(place, words)
        return HTMLResponse(page)

    def question(self, data: Any, request: Request) -> dict[str, Any]:
        """The question of today, or a later turn of it; with a pick its answer."""
        turn = data.get("turn", 0)
        if type(turn) is not int or not 0 <= turn < MOST_TURNS:
            raise StateError(f"A day has {MOST_TURNS} questions.")
        day = datetime.now(UTC).date()
        puzzle = self.puzzles.get(*self.puzzles.of_day(day, turn))
        shown = puzzle.answer if data.get("answer") else puzzle.question
        return {"day": day.isoformat(), "turn": turn, "puzzle": shown}

    def rooms_(self, data: Any, request: Request) -> dict[str, Any]:
        """Whatever is done with a room: `do` says what."""
        code, key, player = text(data, "code"), text(data, "key"), text(data, "player")
        do = text(data, "do")
        if do == "open":
            room = self.rooms.open(self._asked(data))
            return {"key": room.key, **self._joining(request, room.code), **self.rooms.told(room.code)}
        if do == "join":
            player = self.rooms.join(code, text(data, "name"))
            return {"player": player, **self.rooms.told(code, player)}
        if do == "pick":
            self.rooms.pick(code, player, data.get("row"))
        elif do == "reveal":
            self.rooms.reveal(code, key)
        elif do == "next":
            self.rooms.check(code, key)
            self.rooms.go_on(code, key, self._asked(data))
        told = self.rooms.told(code, player)
        return {**told, **self._joining(request, told["code"])} if key else told

    def _asked(self, data: Any) -> Puzzle:
        """The question that a teacher wants: a prompt and a seed, or one of today's."""
        prompt, seed = text(data, "prompt").strip(), data.get("seed", 0)
        if prompt:
            return self.puzzles.get(prompt, seed)
        turn = data.get("turn") if type(data.get("turn")) is int else 0
        return self.puzzles.get(*self.puzzles.of_day(datetime.now(UTC).date(), turn % MOST_TURNS))

    def _joining(self, request: Request, code: str) -> dict[str, str]:
        """Where phones go, and that as a picture to scan."""
        here = str(request.base_url).rstrip("/")
        known = self.address()
        base = known if known and request.url.hostname in LOCAL else here
        url = f"{base}/guess?room={code}"
        return {"url": url, "scan": scannable(url), "local": str(any(f"//{name}" in base for name in LOCAL)).lower()}

    def _json(self, answer: Callable[[Any, Request], dict[str, Any]]) -> Callable[..., Any]:
        """A JSON endpoint: what the asker can mend is said in a sentence, with status 400."""

        async def respond(request: Request) -> JSONResponse:
            try:
                data = await request.json()
            except ValueError:
                return JSONResponse({"error": "This is no JSON."}, 400)
            try:
                return JSONResponse(await run_in_threadpool(answer, data if isinstance(data, dict) else {}, request))
            except TTSVarError as error:
                return JSONResponse({"error": str(error)}, 400)
            except Exception:
                log.exception("a question could not be drawn")
                return JSONResponse({"error": "This could not be drawn; the server's log says why."}, 500)

        return respond
