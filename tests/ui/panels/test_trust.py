"""The judge's record on the page: its numbers, the sentence of a scale, and that other weights have no record."""

from __future__ import annotations

import re

import pytest
from population_fakes import populations_for
from ui_helpers import go_to

from ttsvar.config import SearchConfig
from ttsvar.evaluation.populations.record import Populations
from ui.panels.trust import view
from ui.scene import record
from ui.scene.scene import Shown, Welcome
from ui.session.session import Session


@pytest.fixture
def known(session: Session, monkeypatch: pytest.MonkeyPatch) -> Populations:
    found = populations_for(session.engine)
    monkeypatch.setattr(record, "shipped", lambda _="": found)
    return found


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.usefixtures("known")
def test_a_decision_says_what_trusting_the_reward_there_would_mean(session: Session) -> None:
    html = view.trust_html(Shown(session, go_to(session, 2)))
    assert 'data-testid="trust"' in html
    assert html.count("<li") == len(session.run.schedule)
    assert html.count('class="now"') == 1
    assert re.search(r"would take c\d with \d+ %; at this scale its favourite ends best \d+ times in 100", text(html))
    assert "(by chance 12)" in html
    late = text(view.trust_html(Shown(session, go_to(session, 9))))
    assert "its favourite ends best 100 times in 100" in late
    assert "a right picture outscores a wrong one 100 times in 100" in late


@pytest.mark.usefixtures("known")
def test_the_record_is_there_before_a_run_and_after_it(session: Session) -> None:
    engine = session.engine
    before = view.before_html(Welcome(engine, engine.resolve(SearchConfig())))
    assert "favourite of 8 ends best" in before
    assert 'class="now"' not in before
    assert 'class="now"' not in view.trust_html(Shown(session, go_to(session, 13)))


def test_other_weights_another_judge_or_another_eye_have_no_record(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = session.run.search
    monkeypatch.setattr(record, "shipped", lambda _="": populations_for(session.engine, weights="earlier files"))
    assert record.record_of(session.engine, search) is None
    assert view.trust_html(Shown(session, session.current)) == ""
    monkeypatch.setattr(record, "shipped", lambda _="": populations_for(session.engine))
    assert record.record_of(session.engine, search) is not None
    for other in (SearchConfig(reward="hps"), SearchConfig(extractor="pool")):
        assert record.record_of(session.engine, other) is None
