"""What is drawn once beside an ending, and the answer to whether the search helped."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from engine_fakes import FakeBackend
from ui_helpers import go_to, page_at

from ttsvar.config import SearchConfig
from ui.panels.navigation import FAILED
from ui.panels.panel import Services
from ui.panels.stage.events import Stage
from ui.panels.stage.once import COMING
from ui.scene.baseline import Baseline, answer, baseline_of, known_baseline
from ui.scene.film import film_of
from ui.scene.pictures import picture_uri
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.events import StateEvent


def ended(session: Session) -> str:
    go_to(session, 12)
    return session.commit(session.current)


def test_drawn_once_is_what_the_first_candidate_would_have_become(session: Session) -> None:
    run = session.run
    raw = session.engine.begin(run.prompt, search=SearchConfig(strategy="raw"), seed=run.seed)
    while not raw.done:
        result = session.engine.step(raw)
        raw = session.engine.commit(result)
    once = baseline_of(session)
    seen, _ = session.engine.observe(result.grown, features=False)
    assert (once.name, once.image) == ("c0", picture_uri(seen.images.numpy()[0], 256))
    assert once.reward == pytest.approx(float(seen.scores[0]))


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("a photo of a red star", ""),
        ("a photo of a dog", "\u201cdog\u201d is unknown to this model, so this picture cannot be right."),
        ("a photo of a dog left of a sofa", "\u201cdog\u201d and \u201csofa\u201d are unknown to this model"),
    ],
)
def test_an_ending_says_which_words_were_unknown(store: SessionStore, prompt: str, told: str) -> None:
    session = store.create(prompt, SearchConfig(), 0)
    session.open(session.current)
    stage = page_at(session, ended(session))["stage"]
    assert told in stage
    assert ("cannot be right" in stage) == bool(told)


def test_an_ending_asks_for_it_once(services: Services, session: Session, backend: FakeBackend) -> None:
    end = ended(session)
    assert COMING in page_at(session, end)["stage"]
    told = Stage(services).once(StateEvent(run=session.id, at=end))
    assert "Did the search help?" in told
    before = len(backend.grown)
    again = page_at(session, end)["stage"]
    assert "Did the search help?" in again
    assert COMING not in again
    assert len(backend.grown) == before, "it is kept with the run"


def test_it_is_judged_as_the_search_is(services: Services, session: Session) -> None:
    class Strict:
        def verdict(self, prompt: str, image: torch.Tensor) -> SimpleNamespace:
            assert isinstance(image, torch.Tensor)
            assert image.dtype == torch.uint8
            return SimpleNamespace(correct=True, reasons=(), atoms=())

    session.evaluator = Strict()
    told = Stage(services).once(StateEvent(run=session.id, at=ended(session)))
    assert "Both pictures are right" in told
    assert told.count("satisfies the prompt") == 1


def test_what_fails_is_said_in_its_place(services: Services, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    end = ended(session)
    monkeypatch.setattr(session.engine, "begin", lambda *_, **__: 1 / 0)
    assert FAILED in Stage(services).once(StateEvent(run=session.id, at=end))


def test_a_branch_of_the_first_candidate_alone_is_what_one_draw_gives(session: Session, backend: FakeBackend) -> None:
    end = ended(session)
    assert known_baseline(session) is None
    assert film_of(session, end)["once"] is None
    state = session.commit(session.history.root.state.id, [1] + [0] * 7)
    while session.open(state).result is not None:
        state = session.commit(state)
    before = len(backend.grown)
    once = known_baseline(session)
    assert once is not None
    assert once.name == "c0"
    assert film_of(session, end)["once"]["told"].startswith("The reward is")
    assert len(backend.grown) == before


def test_a_run_that_has_not_ended_has_none(services: Services, session: Session) -> None:
    assert Stage(services).once(StateEvent(run=session.id, at=session.current)) == ""


@pytest.mark.parametrize(
    ("once", "ours", "same", "words"),
    [
        ((0.1, False), (0.9, True), False, "Yes: drawn once, it is wrong."),
        ((0.1, True), (0.9, False), False, "No: drawn once, it is right."),
        ((0.1, False), (0.9, False), False, "No: both pictures are wrong."),
        ((0.1, True), (0.9, True), False, "Both pictures are right; the reward is 0.80 higher than that of one draw."),
        ((0.9, None), (0.1, None), False, "The reward is 0.80 lower than that of one draw."),
        ((0.5, None), (0.5, None), False, "The rewards are equal."),
        ((0.5, True), (0.5, True), True, "No: it ends with the picture that one draw gives."),
    ],
)
def test_whether_the_search_helped(
    once: tuple[float, bool | None], ours: tuple[float, bool | None], same: bool, words: str
) -> None:
    drawn = Baseline(name="c0", image="", reward=once[0], satisfied=once[1], reasons=())
    assert answer(drawn, *ours, same=same) == words
