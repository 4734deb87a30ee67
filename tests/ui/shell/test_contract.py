"""Names and numbers that Python and the scripts share are defined once, and every button has one who answers it."""

from __future__ import annotations

import json
import re

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to, page_at, services_over

from ttsvar.config import SearchConfig
from ui.files.view import notice_html
from ui.page import values_of
from ui.panels import PANELS
from ui.panels.duel.events import panel_at
from ui.panels.panel import Panel
from ui.scene.scene import Here, Welcome
from ui.session.store import SessionStore
from ui.shell import contract
from ui.shell.theme import UI, head

SCRIPTS = sorted(UI.rglob("*.js"))
ON_DOCUMENT = re.compile(r"document\.addEventListener\(\"click\".*?\n *\}\);", re.DOTALL)
DO = re.compile(r'data-do="?([a-z-]+)')


def answered(verb: str, script: str) -> bool:
    """Whether a view's script has the verb among its own, or its slider is read there."""
    return re.search(rf'\b{verb}: |[{{,] ?{verb},|\n  {verb},|dataset\.do [!=]== "{verb}"', script) is not None


@pytest.fixture(scope="module")
def verbs() -> dict[str, set[str]]:
    """What the buttons of every panel say that they do, before, during and after a run."""
    engine = page_engine()
    services = services_over(SessionStore(engine))
    session = services.store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    pages = [values_of(Welcome(engine, session.run.search))]
    pages += [page_at(session, go_to(session, scale)) for scale in (0, 2, 13)]
    pages += [panel_at(services, Here(session.id, session.current))]
    return {
        panel.name: {verb for page in pages for verb in DO.findall(str(page.get(panel.name, "")))} for panel in PANELS
    }


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_every_button_is_answered_by_its_own_view_or_sends_a_message(panel: Panel, verbs: dict[str, set[str]]) -> None:
    script = panel.script.read_text() if panel.script else ""
    for verb in verbs[panel.name]:
        assert verb in contract.MESSAGES or answered(verb, script), f"nobody answers {verb} in {panel.name}"


def test_every_message_is_heard() -> None:
    scripts = "".join(path.read_text() for path in SCRIPTS)
    for message in contract.MESSAGES:
        assert f'hear("{message}"' in scripts, message
    assert answered("dismiss", (UI / "files" / "files.js").read_text())
    assert DO.findall(notice_html("Something happened.")) == ["dismiss"]


def test_only_views_own_elements_and_messages_are_listened_to_for_buttons() -> None:
    """A listener on the document answers to every button of the page."""
    for path in SCRIPTS:
        for listener in re.findall(
            r"document\.addEventListener\(\"click\".*?\n(?:\}\);|  \}\);)", path.read_text(), re.S
        ):
            assert "dataset.do" not in listener, path.name


def test_no_script_repeats_what_the_contract_says() -> None:
    for path in SCRIPTS:
        text = path.read_text()
        for word in (*contract.STORAGE.values(), *contract.DECISION_COLORS.values()):
            assert f'"{word}"' not in text, f"{path.name} repeats {word}"
        assert not re.search(r"\b(24 \* 1024|Math\.min\(16|\?\? (38|60)|repeat\(13)", text), path.name
    styles = "".join(path.read_text() for path in UI.rglob("*.css"))
    assert not set(contract.DECISION_COLORS.values()) & set(re.findall(r"#[0-9A-Fa-f]{6}", styles))


def test_the_contract_reaches_the_page_before_its_scripts() -> None:
    page = head()
    sent = re.search(r'<script type="application/json" id="contract">(.*?)</script>', page)
    assert sent
    assert json.loads(sent[1]) == json.loads(json.dumps(contract.contract()))
    assert page.index(sent[0]) < page.index("window.ttsvar")
