"""Showing a run asks for prices only: no model runs for them, and no GPU is lent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to, page_at

from ttsvar.config import SearchConfig
from ui.panels.cost.model import breakdown, costs
from ui.session.store import SessionStore


def test_every_view_of_a_run_is_priced_without_a_lease_and_without_a_model(tmp_path: Path) -> None:
    lent: list[str] = []

    def gpu(duration: Callable[..., int]) -> Callable:
        def decorate(function: Callable) -> Callable:
            def call(name: str, *arguments: Any, **settings: Any) -> Any:
                lent.append(name)
                return function(name, *arguments, **settings)

            return call

        return decorate

    store = SessionStore(page_engine().leasing(gpu), tmp_path / "runs")
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    go_to(session, 13)
    nodes = [node.state.id for node in session.history]
    for node in nodes:
        page_at(session, node)
    assert lent.count("step") == 13
    assert set(lent) <= {"_begin", "step", "observe", "best"}, "what draws and looks"
    lent.clear()
    for node in nodes:
        costs(session, node)
        breakdown(session, node)
    assert lent == []
    for node in nodes:
        page_at(session, node)
    assert lent == [], "what was shown once is shown again from what is kept"
