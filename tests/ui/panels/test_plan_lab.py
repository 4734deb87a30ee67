"""The plan lab: what a script may send, what is predicted in words, and that the paper's plan comes out as measured."""

from __future__ import annotations

import json

import pytest
from population_fakes import populations_for

from ttsvar.choices import Decision
from ttsvar.evaluation.populations.prediction import PlannedSearch, predict
from ttsvar.evaluation.populations.record import read
from ttsvar.evaluation.populations.shipped import populations_path
from ttsvar.schedule import PAPER_BATCH
from ttsvar.weights.shipped import ASSETS
from ui.panels.trust.lab import PlanEvent, Step, paper_plan, predicted
from ui.panels.trust.lab_view import lab_html
from ui.scene import record
from ui.session.session import Session

PAPER = paper_plan(13)


def test_the_papers_plan_is_the_search_of_the_paper() -> None:
    search = PAPER.search(13)
    assert search.batch == PAPER_BATCH
    assert (search.cluster_scales, search.resample_scales) == ((2, 5), (6, 9))
    html = lab_html(13, 16)
    assert 'data-paper="8 cluster:2:6 cluster:5:4 resample:6:2 resample:9:1"' in html
    assert lab_html(11, 16) == "", "there is no plan for so many scales"


@pytest.mark.parametrize("sent", [None, [], {"steps": 3}, {"start": "8", "steps": [None, {"kind": "guess"}]}])
def test_what_is_no_plan_is_read_as_none(sent: object) -> None:
    assert PlanEvent.read(sent) == PlanEvent(0, ())


def test_a_plan_is_read_as_it_was_sent() -> None:
    sent = {"start": 8, "steps": [{"kind": "cluster", "scale": 3, "keep": 4}]}
    assert PlanEvent.read(sent) == PlanEvent(8, (Step(Decision.CLUSTER, 3, 4),))


def test_another_plan_is_set_against_the_papers(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    found = populations_for(session.engine)
    monkeypatch.setattr(record, "shipped", lambda _="": found)
    own = predicted(session.engine, PAPER)
    assert own["own"] == own["paper"]
    assert "against" not in own
    early = predicted(session.engine, PlanEvent(8, (Step(Decision.RESAMPLE, 2, 1),)))
    assert early["paper"] == own["paper"]
    assert "Against the paper\u2019s plan on the same candidates" in early["against"]
    work = [float(told["own"].split("the work of ")[1].split()[0]) for told in (own, early)]
    assert work[1] < work[0], "who is dropped early costs nothing later"
    refused = predicted(session.engine, PlanEvent(4, (Step(Decision.CLUSTER, 3, 6),)))
    assert "Scale 3 keeps 6 candidates but only 4 are alive" in refused["error"]
    assert "holds" not in predicted(session.engine, PAPER).get("error", "")


def test_without_a_record_nothing_is_predicted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "shipped", lambda _="": None)
    assert "nothing can be predicted" in predicted(session.engine, PAPER)["error"]


def test_the_papers_plan_is_predicted_as_it_was_measured() -> None:
    rows = json.loads((ASSETS / "toybox" / "evidence.json").read_text())["experiments"]
    headline = next(e for e in rows if e["name"] == "headline")["summary"]["arms"]
    found, search = read(populations_path("toybox")), PAPER.search(13)
    by_layout, by_reward = Decision.CLUSTER, Decision.RESAMPLE
    kinds: dict[int, Decision] = {2: by_layout, 5: by_layout, 6: by_reward, 9: by_reward}
    decided = tuple(kinds.get(k) for k in range(13))
    assert search.batch is not None
    twice = PlannedSearch(batch=tuple(2 * count for count in search.batch), decisions=decided)
    alone = PlannedSearch(batch=(1,) * 13, decisions=(None,) * 13)
    eight = PlannedSearch(batch=(8,) * 13, decisions=(None,) * 13)
    for arm, plan in {"tts-var n=2": twice, "raw": alone, "best-of-n n=8": eight}.items():
        measured, ours = headline[arm]["overall"], predict(found, plan).success
        assert ours.low <= measured["high"], arm
        assert measured["low"] <= ours.high, arm
