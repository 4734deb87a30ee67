"""A panel from one file of its own stands on the page, follows the run, and answers its script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to, services_over

from ttsvar.config import SearchConfig
from ui import page
from ui.panels import PANELS
from ui.panels.panel import Event, Panel, Place, Question
from ui.scene.scene import Shown
from ui.session.store import SessionStore
from ui.setup.checks import SetupChecks
from ui.setup.events import SetupEvents
from ui.shell.events import RunEvent


def names(scene: Shown) -> str:
    """The names of those who are alive."""
    return f'<p class="names">{" ".join(card.name for card in scene.frame.cards)}</p>'


@pytest.fixture
def panel(tmp_path: Path) -> Panel:
    script, styles = tmp_path / "names.js", tmp_path / "names.css"
    script.write_text('element.addEventListener("click", () => trigger("shout", {}));')
    styles.write_text(".names { color: red; }")
    return Panel(
        name="names",
        title="Who is here",
        place=Place.TAB,
        view=names,
        events=lambda services: [Event("shout", RunEvent.read, lambda event: {"names": "loud"}, sets=("names",))],
        questions=lambda services: [Question("count", RunEvent.read, lambda event: len(event.run))],
        script=script,
        styles=(styles,),
    )


def test_a_panel_of_one_file_is_on_the_page(panel: Panel, tmp_path: Path) -> None:
    panels = (*PANELS, panel)
    store = SessionStore(page_engine(), tmp_path / "runs")
    services, checks = services_over(store), SetupChecks(store.engine)
    with gr.Blocks() as demo:
        built = page.build(services, SetupEvents(services, checks), checks.choices(), panels)
    component: Any = built.components["names"]
    assert component.elem_id == "names"
    assert "Start a search" in component.value
    assert 'trigger("shout"' in component.js_on_load
    assert component.count({"run": "abc"}) == 3
    tabs = [block.label for block in demo.blocks.values() if isinstance(block, gr.Tab)]
    assert tabs[-1] == "Who is here"
    (shout,) = [fn for fn in demo.fns.values() if (component._id, "shout") in fn.targets]
    assert shout.outputs == [component]
    assert ".names { color: red; }" in page.styles(panels)
    rewinds = [fn for fn in demo.fns.values() if any(event == "rewind" for _, event in fn.targets)]
    assert rewinds
    assert all(component in fn.outputs for fn in rewinds), "whoever changes the page changes this panel"
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    values = page.values_of(Shown(session, go_to(session, 2)), panels)
    assert values["names"] == '<p class="names">c0 c1 c2 c3 c4 c5 c6 c7</p>'


def test_a_panel_shows_something_or_follows(panel: Panel) -> None:
    with pytest.raises(ValueError, match="view or follow"):
        Panel(name="mute", title="Mute", place=Place.MAIN)
    assert panel.follow is None
