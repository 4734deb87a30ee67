"""The guessing game: points, questions that a date alone decides, rooms that keep their secrets until the reveal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from ui_helpers import PROMPT

from ttsvar.errors import StateError
from ui.pages.guess import rooms as rooms_module
from ui.pages.guess.puzzle import CANDIDATES, Puzzle, Puzzles, points_of
from ui.pages.guess.rooms import Rooms
from ui.pages.guess.routes import Guess
from ui.session.store import SessionStore

SECRETS = ("ends", "points", "rewards", "method", "favourite", "correct", "kinds", "run")


@pytest.fixture
def puzzle() -> Puzzle:
    rewards = (0.1, 0.9, 0.3, 0.2, -1.0, 0.0, 0.4, 0.5)
    correct = (True, False, True, False, False, False, False, False)
    eight = tuple(str(i) for i in range(CANDIDATES))
    return Puzzle(
        prompt=PROMPT, seed=0, blurs=eight, ends=eight, rewards=rewards, correct=correct,
        points=points_of(rewards, correct), kinds=eight, colors=eight, method=2, favourite=1, run="r",
    )  # fmt: skip


def test_points_are_for_right_pictures_and_the_best_of_them(puzzle: Puzzle) -> None:
    assert puzzle.points == (1, 0, 2, 0, 0, 0, 0, 0)
    assert puzzle.answer["chance_points"] == 0.38
    assert points_of((1.0, 2.0, 3.0, 4.0), (None,) * 4) == (0, 0, 1, 2)
    assert points_of((1.0, 2.0), (False, False)) == (0, 0)


def test_a_question_is_of_the_same_candidates_as_the_search(store: SessionStore) -> None:
    made = Puzzles(store).get(PROMPT, 3)
    assert len(made.blurs) == len(made.ends) == len(made.points) == CANDIDATES
    session = store.get(made.run)
    assert session is not None
    assert session.history.current.state.done
    names = session.history.node(session.current).state.candidate_ids
    assert names[0].split(".")[0] == f"c{made.method}"


def test_a_question_is_made_once_and_a_day_decides_its_own(store: SessionStore) -> None:
    puzzles = Puzzles(store)
    assert puzzles.get(PROMPT, 3) is puzzles.get(f" {PROMPT} ", 3)
    assert puzzles.of_day(date(2026, 5, 1)) == Puzzles(store).of_day(date(2026, 5, 1))
    days = {puzzles.of_day(date(2026, 5, day), turn) for day in range(1, 9) for turn in range(9)}
    assert len(days) == 72


def test_a_round_is_secret_until_it_is_revealed(puzzle: Puzzle) -> None:
    rooms = Rooms()
    room = rooms.open(puzzle)
    ann, ben = rooms.join(room.code.lower(), "Ann"), rooms.join(room.code, "")
    rooms.pick(room.code, ann, 2)
    rooms.pick(room.code, ben, 4)
    told = rooms.told(room.code, ann)
    assert (told["mine"], told["picked"], told["players"], told["picks"]) == (2, 2, 2, [])
    assert not set(told["puzzle"]) & set(SECRETS)
    with pytest.raises(StateError, match="Only who opened"):
        rooms.reveal(room.code, "guessed")
    rooms.reveal(room.code, room.key)
    told = rooms.told(room.code, ann)
    assert told["picks"] == [0, 0, 1, 0, 1, 0, 0, 0]
    assert told["scores"] == [{"name": "Ann", "points": 2}, {"name": "Player 2", "points": 0}]
    assert told["rounds"] == [{"prompt": PROMPT, "people": 1.0, "method": 2, "reward": 0, "chance": 0.38}]
    with pytest.raises(StateError, match="over"):
        rooms.pick(room.code, ann, 1)
    rooms.go_on(room.code, room.key, puzzle)
    assert rooms.told(room.code, ann)["mine"] is None


@pytest.mark.parametrize("row", [-1, CANDIDATES, True, "2", None])
def test_a_pick_is_one_of_the_eight(puzzle: Puzzle, row: Any) -> None:
    rooms = Rooms()
    room = rooms.open(puzzle)
    with pytest.raises(StateError, match="Join"):
        rooms.pick(room.code, "nobody", 0)
    with pytest.raises(StateError, match="one of the 8"):
        rooms.pick(room.code, rooms.join(room.code, ""), row)


def test_rooms_and_players_are_bounded(puzzle: Puzzle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms_module, "MOST_ROOMS", 2)
    monkeypatch.setattr(rooms_module, "MOST_PLAYERS", 1)
    rooms = Rooms()
    first, *others = [rooms.open(puzzle) for _ in range(3)]
    with pytest.raises(StateError, match="no room"):
        rooms.told(first.code)
    rooms.join(others[0].code, "Ann")
    with pytest.raises(StateError, match="as many as it takes"):
        rooms.join(others[0].code, "Ben")


@pytest.mark.slow
def test_a_lesson_goes_through_the_addresses(store: SessionStore) -> None:
    client = TestClient(Starlette(routes=Guess(store, lambda: "http://192.168.0.2:7860").routes()))
    assert "Guess the winner" in client.get("/guess").text

    def room(**body: Any) -> dict[str, Any]:
        answer = client.post("/guess/rooms", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    opened = room(do="open", prompt=PROMPT, seed=1)
    code, key = opened["code"], opened["key"]
    player = room(do="join", code=code, name="Ann")["player"]
    assert room(do="pick", code=code, player=player, row=5)["mine"] == 5
    assert "run" not in room(do="look", code=code, player=player)["puzzle"]
    assert room(do="reveal", code=code, key=key)["puzzle"]["run"]
    assert room(do="next", code=code, key=key, prompt=PROMPT, seed=2)["round"] == 2
    for body in (
        {"do": "look", "code": "----"},
        {"do": "next", "code": code, "key": "x"},
        {"do": "open", "prompt": "x" * 9999},
    ):
        answer = client.post("/guess/rooms", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]
    asked = client.post("/guess/question", json={"turn": 0}).json()
    assert not set(asked["puzzle"]) & set(SECRETS)
    assert client.post("/guess/question", json={"turn": -1}).status_code == 400
    assert client.post("/guess/question", content=b"no").status_code == 400
