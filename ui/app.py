"""The page: components, the handlers behind them, and how it is launched."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gradio as gr

from ttsvar.evaluation.rules.evaluator import evaluator_for

from .api import Api
from .files.events import TakeAway
from .pages import evidence
from .pages.classroom import page as classroom
from .pages.classroom.page import Classroom
from .pages.classroom.scoreboard import Scoreboard
from .panels.duel.events import DuelEvents
from .panels.lineage.events import LineageEvents
from .scene.projection import Projector
from .session.store import SessionStore
from .shell import page as layout
from .shell import theme
from .shell.handlers import SKIP_VIEWS, Handlers
from .shell.page import Page


class Explorer(gr.Blocks):
    """Blocks that bring their own look to `launch`; `classroom` is the page that a class looks at."""

    classroom: Classroom

    def launch(self, *args: Any, **settings: Any) -> Any:
        """Gradio's launch with our theme, styles and scripts, and without its footer (`chrome.css` hides it)."""
        own = {
            "theme": theme.theme(), "css": theme.styles(), "head": theme.head(), "footer_links": ["api"],
            "show_error": False, "quiet": True, "share": False, "ssr_mode": False, "run_history": False,
        }  # fmt: skip
        return super().launch(*args, **{**own, **settings})


def create_app(
    engine: Any,
    *,
    runs_dir: Path | str | None = None,
    ttl: float = 7 * 86400.0,
    reward: str | None = None,
    weights: Path | None = None,
) -> Explorer:
    """The app over an engine; runs are kept under `runs_dir` for `ttl` seconds after they were last touched.

    The page offers the engine's rewards, and begins with `reward` or the usual one. It names the other models whose
    files are on this machine; `weights` is a folder that may hold some.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)
    store = SessionStore(engine, runs_dir, ttl, evaluator=evaluator_for(engine))
    handlers = Handlers(engine, store, Projector(), reward)
    takeaway = TakeAway(store, handlers.rail, SKIP_VIEWS)
    first = handlers.hello()
    scoreboard = Scoreboard(None if runs_dir is None else Path(runs_dir) / "class.jsonl", ttl)
    duels = DuelEvents(store, scoreboard, len(first.values()))
    servers = {
        "stage": _stage_functions(handlers), "lineage": LineageEvents(store).functions(), "duel": duels.functions(),
        "takeaway": _takeaway_functions(takeaway),
    }  # fmt: skip
    with Explorer(title="TTS-VAR Explorer", fill_width=True, analytics_enabled=False) as demo:
        # First, so that the endpoints get their names and not the page's private events.
        Api(store).publish()
        page = layout.build(first, handlers.rail.choices(weights), servers)
        _wire(page, handlers)
        _wire_duel(page, handlers, duels)
        _wire_takeaway(page, takeaway)
    demo.classroom = Classroom(scoreboard, len(engine.schedule))
    classroom.build(demo, demo.classroom)
    evidence.build(demo)
    demo.queue(default_concurrency_limit=8)
    return demo


def _stage_functions(handlers: Handlers) -> list[Any]:
    """What the stage's script may ask the server while a handler runs; Gradio wants plain functions."""

    def stop(run_id: str) -> bool:
        return handlers.stop(run_id)

    def progress(run_id: str) -> dict[str, Any]:
        return handlers.progress(run_id)

    def history(asked: dict[str, Any]) -> list[dict[str, Any]]:
        return handlers.history(asked) if isinstance(asked, dict) else []

    return [stop, progress, history]


def _takeaway_functions(takeaway: TakeAway) -> list[Any]:
    """What can be downloaded."""

    def pack(run_id: str) -> dict[str, str]:
        return takeaway.pack(run_id)

    def bare(run_id: str) -> dict[str, str]:
        return takeaway.bare(run_id)

    return [pack, bare]


def _wire(page: Page, handlers: Handlers) -> None:
    rail, views = page.rail, page.views()
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    begin = {"inputs": [rail.prompt, rail.seed, *rail.settings()], "outputs": [*views, *rail.notes()], **quiet}
    rail.go.click(handlers.start, **begin)
    if isinstance(rail.prompt, gr.Textbox):
        rail.prompt.submit(handlers.start, **begin)
    # Gradio would drop what a quick hand asks for while the last answer is still being closed.
    page.stage.act(handlers.act, None, views, trigger_mode="multiple", **quiet)
    for source in (page.stage, page.stepper, page.lineage):
        source.rewind(handlers.rewind, None, views, trigger_mode="always_last", **quiet)
    recipe = [rail.prompt, rail.seed, *rail.settings()]
    page.header.reopen(handlers.reopen, None, [*views, *recipe], **quiet)
    page.header.leave(handlers.forget, None, views, **quiet)
    page.here.change(handlers.chart, page.here, [page.plot, page.legend], trigger_mode="always_last", **quiet)
    _wire_rail(page, handlers, quiet)


def _wire_duel(page: Page, handlers: Handlers, duels: DuelEvents) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.duel.compare(duels.compare, None, [*page.views(), page.duel], trigger_mode="multiple", **quiet)
    page.duel.rewind(handlers.rewind, None, page.views(), trigger_mode="always_last", **quiet)
    page.here.change(duels.show, page.here, page.duel, trigger_mode="always_last", **quiet)


def _wire_takeaway(page: Page, takeaway: TakeAway) -> None:
    rail = page.rail
    recipe = [rail.prompt, rail.seed, *rail.settings()]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    for event, handler in ((page.takeaway.dropped, takeaway.dropped), (page.takeaway.recorded, takeaway.recorded)):
        event(handler, None, [page.takeaway, *page.views(), *recipe], **quiet)


def _wire_rail(page: Page, handlers: Handlers, quiet: dict[str, Any]) -> None:
    rail, does = page.rail, handlers.rail
    settings, notes = rail.settings(), rail.notes()[1:]
    check = {"inputs": [page.here, *settings], "outputs": [page.stepper, *notes], "trigger_mode": "always_last"}
    rail.examples.choose(does.pick_example, None, rail.prompt, **quiet)
    rail.prompt.change(does.check_prompt, rail.prompt, rail.prompt_note, trigger_mode="always_last", **quiet)
    rail.dice.click(does.dice, None, rail.seed, **quiet)
    bring = [rail.n, rail.plan, rail.potential, rail.lam]
    rail.search.select(does.choose_search, rail.search, bring, **quiet)
    for edited in (rail.plan.edit, *(field.change for field in settings)):
        edited(handlers.check, **check, **quiet)
