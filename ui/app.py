"""The app: what its handlers work with, the page, the pages beside it, and how they are launched."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from ttsvar.engine.protocol import SearchEngine
from ttsvar.evaluation.rules.evaluator import evaluator_for

from . import page
from .api import Api
from .guide.gallery import gallery_html
from .guide.hero import hero_of
from .guide.recorded import offered
from .pages import evidence
from .pages.classroom import page as classroom
from .pages.classroom.page import Classroom
from .pages.guess.routes import Guess
from .pages.learn import page as learn
from .panels.duel.scoreboard import Scoreboard
from .panels.panel import Services
from .session.shared import Shared
from .session.store import SessionStore
from .session.upkeep import USUAL, Limits, attend
from .setup.checks import SetupChecks
from .setup.events import SetupEvents
from .shell import pictures, theme
from .shell.contract import MOST_BYTES
from .shell.guard import Guard
from .shell.hosts import hosts
from .shell.quirks import FOOTER, LightBlocks, ahead_of, keep_answers, visitor_that_asks, waiting_of, when_left

KEPT = (600, 3600)
"""Seconds between two looks for files that Gradio keeps for answers, and how long one of them stays."""
AT_ONCE, THREADS = 16, 96
"""Events of one kind that are answered at once, and threads for all: those that compute share the engine by turns, and
must leave threads to what needs no model."""
SMALLER = Middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)
"""Text travels compressed, the page itself in a quarter of its bytes; streams of events and pictures go as they are."""
MOST_QUEUED = 256
"""Events that wait; whoever comes then is told that the queue is full."""


class Explorer(gr.Blocks):
    """Blocks that bring their own look to `launch`; `classroom` is the page that a class looks at."""

    classroom: Classroom
    plain_pages: list[Route]
    """Pages that need nothing of Gradio."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Blocks without anything in them."""
        super().__init__(*args, **settings)
        self.default_config = LightBlocks(self)

    def launch(self, *args: Any, allow_hosts: Iterable[str] = (), **settings: Any) -> Any:
        """Gradio's launch with our theme, styles and scripts, without its footer, and guarded.

        `allow_hosts` are names under which the page is reached, besides addresses and local names, and of pages that
        may embed it or use its API in a browser.
        """
        named = [*allow_hosts, *(("*.gradio.live",) if settings.get("share") else ())]
        guard = Middleware(Guard, hosts=hosts(named), waits=partial(waiting_of, self))
        own = {
            "theme": theme.theme(), "css": page.styles(), "head": page.head(), "footer_links": list(FOOTER),
            "show_error": False, "quiet": True, "share": False, "ssr_mode": False, "run_history": False,
            "enable_monitoring": False, "max_threads": THREADS, "max_file_size": MOST_BYTES,
            "app_kwargs": {"middleware": [guard, SMALLER], "routes": self.plain_pages},
        }  # fmt: skip
        return super().launch(*args, **{**own, **settings})


def create_app(
    engine: SearchEngine,
    *,
    runs_dir: Path | str | None = None,
    limits: Limits = USUAL,
    reward: str | None = None,
    weights: Path | None = None,
    room: bool = False,
) -> Explorer:
    """The app over an engine; runs are kept under `runs_dir` as long, and as many, as the limits say.

    The page offers the engine's rewards, and begins with `reward` or the usual one. It names the other models whose
    files are on this machine; `weights` is a folder that may hold some. In a `room` runs of one recipe are drawn once.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)
    own = {"evaluator": evaluator_for(engine), "visitor": visitor_that_asks, "shared": Shared() if room else None}
    store = SessionStore(engine, runs_dir, limits, **own)
    attend(store)
    scoreboard = Scoreboard(None if runs_dir is None else Path(runs_dir) / "class.jsonl", limits.seconds)
    hero = hero_of(engine)
    checks = SetupChecks(engine, reward, hero.prompt if hero is not None and hero.name else "")
    services = Services(
        store=store,
        scoreboard=scoreboard,
        show=page.values_of,
        recipe=checks.recipe,
        gallery=gallery_html(offered(engine)),
        hero=hero,
        ahead=lambda order: ahead_of(demo, order),
    )
    settings = {"fill_width": True, "analytics_enabled": False, "delete_cache": KEPT}
    with Explorer(title="TTS-VAR Explorer", **settings) as demo:
        # First, so that the endpoints get their names and not the page's private events.
        Api(store).publish()
        page.build(services, SetupEvents(services, checks), checks.choices(weights))
        when_left(demo, services.orders.leave)
    demo.classroom = Classroom(scoreboard, len(engine.schedule))
    classroom.build(demo, demo.classroom)
    evidence.build(demo, engine.name)
    guess = Guess(store, lambda: demo.classroom.address)
    demo.plain_pages = [Route("/learn", learn.respond), pictures.ROUTE, *guess.routes()]
    demo.queue(default_concurrency_limit=AT_ONCE, max_size=MOST_QUEUED)
    keep_answers(demo)
    return demo
