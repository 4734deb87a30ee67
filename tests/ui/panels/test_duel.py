"""Mine against the algorithm: fair, both kept as branches, computed once, measured but never selected by measure."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from engine_fakes import FakeBackend, page_engine
from ui_helpers import go_to

from ttsvar.errors import SelectionError
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind
from ui.panels.duel import model as duel
from ui.panels.duel.events import Comparing, panel_at
from ui.panels.duel.repeats import over_seeds, repeated
from ui.panels.panel import Services
from ui.scene.scene import Here
from ui.session import branches
from ui.session.annotations import Duel, Side, from_json, outcome, to_json
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.events import CompareEvent, OrderEvent, StateEvent, VisitorEvent

MINE = [1, 1, 1, 0, 0, 0, 0, 0]
VISITOR = "a" * 32
LACKING = Shortfall(kind=ShortfallKind.TOO_FEW, thing="ball", asked=3, found=2)


@dataclass
class Redness:
    """An evaluator that says yes to every second picture."""

    asked: int = 0

    def verdict(self, prompt: str, image: Any) -> Any:
        self.asked += 1
        return SimpleNamespace(correct=self.asked % 2 == 1, reasons=() if self.asked % 2 else (LACKING,), atoms=())


def fight(session: Session, at: str, counts: list[int], evaluator: Any = None) -> Duel:
    session.evaluator = evaluator
    *_, ends = duel.race(session, duel.part(session, at, counts), session.take_turn())
    return duel.settle(session, at, ends)


def test_an_ending_without_a_choice_by_hand_has_no_panel_to_compare_it(services: Services, session: Session) -> None:
    def opening() -> str:
        return panel_at(services, Here(session.id, session.current))["duel"].split("<div", 1)[0]

    assert "hidden" not in opening()
    go_to(session, 12)
    session.commit(session.current)
    assert "hidden" in opening()


def test_both_ways_reach_the_end_and_are_branches_of_the_run(session: Session) -> None:
    at_two = go_to(session, 2)
    fought = fight(session, at_two, MINE, Redness())
    assert fought.mine.kept == ("c0", "c1", "c2")
    assert len(fought.algorithm.kept) == 6
    assert all(session.history.node(s.end).state.done for s in (fought.mine, fought.algorithm))
    assert {b.end for b in branches.lines(session.history)} == {fought.mine.end, fought.algorithm.end}
    assert branches.lines(session.history)[1].name == "Algorithm, scale 2"
    assert (fought.mine.satisfied, fought.algorithm.satisfied) == (True, False)
    assert fought.algorithm.reasons == (LACKING,)


def test_more_seeds_give_an_interval_and_leave_the_tree_as_it_is(session: Session) -> None:
    fought = fight(session, go_to(session, 2), MINE, Redness())
    before = len(session.history)
    assert over_seeds(fought) is None
    *_, again = repeated(session, fought, session.take_turn())
    assert len(again.repeats) == 4
    assert len(session.history) == before
    assert len({one.mine for one in again.repeats}) > 1, "another seed draws other pictures"
    found = over_seeds(again)
    assert found is not None
    assert found.low < found.value < found.high
    assert from_json(to_json([again])) == [again]
    assert session.annotations.duels == (again,)
    turn = session.take_turn()
    session.take_turn()
    assert list(repeated(session, again, turn)) == [], "somebody did something else"


def test_the_panel_tells_of_more_seeds(session: Session, services: Services) -> None:
    services.store._hold(session)
    fought = fight(session, go_to(session, 2), MINE)
    assert "It is one draw" in panel_at(services, Here(session.id, session.current))["duel"]
    pages = [page["duel"] for page in Comparing(services).repeat(StateEvent(session.id, fought.mine.end))]
    assert len(pages) == 4
    assert "With 5 seeds your choice gained" in pages[-1]
    (gone,) = Comparing(services).repeat(StateEvent(session.id, "nowhere"))
    assert "no longer kept" in gone["duel"]


def test_two_wrong_pictures_are_tied_whatever_their_rewards() -> None:
    assert outcome(0.3, False, False) == "tied"
    assert outcome(0.3, False, True) == "won"
    assert outcome(-0.3, None, None) == "lost"


def test_nothing_is_computed_twice(session: Session, backend: FakeBackend) -> None:
    at_two = go_to(session, 2)
    go_to(session, 13)
    before = len(backend.grown)
    first = fight(session, at_two, MINE)
    assert len(backend.grown) - before == 10, "the algorithm's own way was there already"
    before, decoded = len(backend.grown), backend.decoded
    assert fight(session, at_two, MINE) == first
    assert len(backend.grown) == before
    assert backend.decoded == decoded
    assert duel.duels(session) == [first]


def test_a_candidate_that_goes_on_in_both_becomes_the_same_picture(session: Session) -> None:
    at_two = go_to(session, 2)
    result = session.history.node(at_two).result
    assert result is not None
    counts = [result.proposal.parents.count(i) for i in range(8)]
    counts[result.proposal.parents[0]] = 0
    for state in duel.part(session, at_two, counts):
        session.grow(state)
    ways = session.history.children(at_two)
    bits = [
        {name: n.result.grown.bits[-1][i].numpy() for i, name in enumerate(n.result.grown.candidate_ids)}
        for n in ways
        if n.result is not None
    ]
    shared = set(bits[0]) & set(bits[1])
    assert len(shared) == 5
    for name in shared:
        np.testing.assert_array_equal(bits[0][name], bits[1][name])


def test_the_proposal_against_itself_is_refused(session: Session) -> None:
    at_two = go_to(session, 2)
    result = session.history.node(at_two).result
    assert result is not None
    with pytest.raises(SelectionError, match="what the algorithm proposes"):
        duel.part(session, at_two, [result.proposal.parents.count(i) for i in range(8)])


def test_agreement_gain_and_outcome() -> None:
    def side(kept: tuple[str, ...], reward: float, spread: float) -> Side:
        return Side(end="x", kept=kept, winner=kept[0], reward=reward, diversity=spread)

    mine, algorithm = side(("a", "a", "b"), 0.5, 0.1), side(("a", "c"), 0.2, 0.3)
    fought = Duel(at="s", scale=2, decision="cluster", mine=mine, algorithm=algorithm, agreement=1 / 3)
    assert fought.gain == pytest.approx(0.3)
    assert fought.lost_diversity == pytest.approx(0.2)
    assert fought.outcome == "won"
    assert (outcome(0.004), outcome(-0.2)) == ("tied", "lost")


def test_agreement_counts_places(session: Session) -> None:
    at_two = go_to(session, 2)
    result = session.history.node(at_two).result
    assert result is not None
    first, second, *_ = result.proposal.parents
    counts = [0] * 8
    counts[first], counts[second] = 2, 1
    assert fight(session, at_two, counts).agreement == pytest.approx(2 / 6)


def test_diversity_is_a_mean_of_pairs() -> None:
    features = np.zeros((3, 2, 2))
    features[0, 0, 0] = features[1, 0, 1] = 1
    features[2, 0, 0] = 5
    assert duel.diversity(features, [0, 1]) == pytest.approx(1)
    assert duel.diversity(features, [0, 2]) == pytest.approx(0)
    assert duel.diversity(features, [0, 1, 2]) == pytest.approx(2 / 3)
    assert duel.diversity(features, [0, 0]) == pytest.approx(0)
    assert duel.diversity(features, [1]) == 0


def test_a_duel_survives_a_restart(session: Session, store: SessionStore) -> None:
    fought = fight(session, go_to(session, 2), MINE, Redness())
    session.open(fought.at)
    again = SessionStore(page_engine(), store.root).get(session.id)
    assert again is not None
    assert duel.duels(again) == [fought]


@pytest.fixture
def comparing(store: SessionStore, services: Services) -> Comparing:
    store.evaluator = Redness()
    return Comparing(services)


def event(**data: Any) -> CompareEvent:
    return CompareEvent.read(data)


def test_the_race_is_shown_and_the_board_stays(session: Session, comparing: Comparing) -> None:
    at_six = go_to(session, 6)
    stream = list(comparing.compare(event(run=session.id, at=at_six, counts=[0, 0, 0, 1], visitor=VISITOR)))
    assert len(stream) == 8
    assert 'class="race"' in stream[3]["duel"]
    assert stream[3]["duel"].count(" leads at scale 7") == 2
    assert session.current == at_six
    assert "Scale 6: pick 2 of 4 by reward" in stream[-1]["stage"]
    assert 'class="outcome' in stream[-1]["duel"]
    assert "Your score: 1 compared" in comparing.score(VisitorEvent.read(VISITOR))["text"]
    assert comparing.score(VisitorEvent.read("b" * 32))["text"] == ""


def test_stop_answers_within_one_scale_and_nothing_is_lost(
    session: Session, comparing: Comparing, backend: FakeBackend
) -> None:
    at_two = go_to(session, 2)
    data = event(run=session.id, at=at_two, counts=MINE, visitor=VISITOR)
    stream = comparing.compare(data)
    for _ in range(3):
        next(stream)
    comparing.stop(OrderEvent(session.id))
    rest = list(stream)
    assert len(rest) == 1
    assert "Stopped" in rest[0]["duel"]
    assert comparing.scoreboard.of(VISITOR) == []
    grown = len(backend.grown)
    list(comparing.compare(data))
    assert len(set(backend.grown)) == len(backend.grown)
    assert len(backend.grown) - grown == 2 * 10 - 4


@pytest.mark.parametrize("data", [{}, {"run": "gone1234"}, {"run": 7}])
def test_a_run_that_is_gone_is_said_to_be(comparing: Comparing, data: dict) -> None:
    assert "no longer kept" in list(comparing.compare(event(**data)))[-1]["duel"]


@pytest.mark.parametrize("counts", [None, [], [9], "1", [0] * 8, [True] * 8])
def test_choices_that_do_not_fit_are_explained(session: Session, comparing: Comparing, counts: Any) -> None:
    at_two = go_to(session, 2)
    panel = list(comparing.compare(event(run=session.id, at=at_two, counts=counts)))[-1]["duel"]
    assert "does not fit 8 candidates" in panel or "Nothing is selected" in panel


def test_the_end_offers_every_choice_by_hand(session: Session, services: Services) -> None:
    at_two = go_to(session, 2)
    session.open(session.commit(at_two, MINE))
    go_to(session, 13)
    panel = panel_at(services, Here(session.id, at_two))["duel"]
    assert 'data-counts="1,1,1,0,0,0,0,0"' in panel
    assert "Compare scale 2" in panel
    assert panel_at(services, None) == {"duel": ""}
