"""The page: components, the handlers behind them, and how it is launched."""

from __future__ import annotations

import logging
from dataclasses import astuple
from pathlib import Path
from typing import Any

import gradio as gr

from ui import layout, theme
from ui.handlers import Handlers
from ui.layout import Page
from ui.projection import Projector
from ui.sessions import SessionStore
from ui.settings import default_fields

EXAMPLES = (
    "a photo of three blue balls",
    "a photo of a red star and a green cup",
    "a photo of a heart left of a house",
)


class Explorer(gr.Blocks):
    """Blocks that bring their own look to `launch`."""

    def launch(self, *args: Any, **settings: Any) -> Any:
        """Gradio's launch with our theme, styles and scripts, and without its footer."""
        own = {
            "theme": theme.theme(), "css": theme.styles(), "head": theme.head(), "footer_links": [],
            "show_error": False, "quiet": True, "share": False, "ssr_mode": False, "run_history": False,
        }  # fmt: skip
        return super().launch(*args, **{**own, **settings})


def create_app(engine: Any, *, runs_dir: Path | str | None = None, ttl: float = 7 * 86400.0) -> Explorer:
    """The app over an engine; runs are kept under `runs_dir` for `ttl` seconds after they were last touched."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    store = SessionStore(engine, runs_dir, ttl)
    handlers = Handlers(engine, store, Projector())
    first = handlers.hello()

    def stop(run_id: str) -> bool:
        return handlers.stop(run_id)

    fields = default_fields(engine)
    with Explorer(title="TTS-VAR Explorer", fill_width=True, analytics_enabled=False) as demo:
        bars = handlers.check_settings(*astuple(fields))
        page = layout.build(first, EXAMPLES, bars[-1], fields, stop)
        page.rail.batch_note.value = bars[1]
        _wire(page, handlers)
    demo.queue(default_concurrency_limit=8)
    return demo


def _wire(page: Page, handlers: Handlers) -> None:
    rail, views = page.rail, page.views()
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    begin = {"inputs": [rail.prompt, rail.seed, *rail.settings()], "outputs": [*views, *rail.notes()], **quiet}
    rail.go.click(handlers.start, **begin)
    rail.prompt.submit(handlers.start, **begin)
    page.stage.act(handlers.act, None, views, **quiet)
    for source in (page.stage, page.stepper, page.lineage):
        source.rewind(handlers.rewind, None, views, **quiet)
    recipe = [rail.prompt, rail.seed, rail.n, rail.search]
    page.header.reopen(handlers.reopen, None, [*views, *recipe], **quiet)
    page.header.leave(handlers.forget, None, views, **quiet)
    page.here.change(handlers.chart, page.here, [page.plot, page.legend], trigger_mode="always_last", **quiet)
    _wire_rail(page, handlers, quiet)


def _wire_rail(page: Page, handlers: Handlers, quiet: dict[str, Any]) -> None:
    rail = page.rail
    rail.examples.choose(handlers.pick_example, None, rail.prompt, **quiet)
    rail.prompt.change(handlers.check_prompt, rail.prompt, rail.prompt_note, trigger_mode="always_last", **quiet)
    rail.dice.click(handlers.dice, None, rail.seed, **quiet)
    rail.search.input(handlers.choose_search, rail.search, [rail.batch, rail.n], **quiet)
    for field in rail.settings():
        field.change(
            handlers.check_settings, rail.settings(), rail.notes()[1:], trigger_mode="always_last", **quiet
        )  # fmt: skip
