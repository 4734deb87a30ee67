"""The class's score: counted once, nicknames apart and harmless, kept on disk, and the chart of it."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ttsvar.errors import StateError
from ui.pages.classroom.chart import chart_html
from ui.pages.classroom.page import Classroom
from ui.pages.scan import scannable
from ui.panels.duel import scoreboard
from ui.panels.duel.scoreboard import Scoreboard, total
from ui.session.annotations import Duel, Side
from ui.shell.network import addresses

ADA, BOB = "a" * 32, "b" * 32


def fought(gain: float, scale: int = 2, at: str = "s1", satisfied: tuple = (None, None), end: str = "") -> Duel:
    mine, algorithm = (
        Side(end=end, kept=("c0",), winner="c0", reward=reward, diversity=0.1, satisfied=yes)
        for reward, yes in zip((gain, 0.0), satisfied, strict=True)
    )
    return Duel(at=at, scale=scale, decision="cluster", mine=mine, algorithm=algorithm, agreement=0.5)


@pytest.fixture
def board(tmp_path: Path) -> Scoreboard:
    return Scoreboard(tmp_path / "runs" / "class.jsonl")


def test_a_duel_counts_once(board: Scoreboard) -> None:
    board.add(ADA, "run1", fought(0.3))
    board.add(ADA, "run1", fought(-0.2))
    board.add(ADA, "run1", fought(0.1, 6, "s2", (True, False)))
    board.add(BOB, "run1", fought(0.0))
    score = total(board.of(ADA))
    assert score is not None
    assert (score.duels, score.won, score.tied, score.lost) == (2, 1, 0, 1)
    assert score.gain == pytest.approx(-0.05)
    assert (score.satisfied_only_mine, score.satisfied_only_algorithm) == (1, 0)
    assert total([]) is None


def test_a_choice_counts_for_whoever_made_it_first(board: Scoreboard) -> None:
    board.add(ADA, "run1", fought(0.3, end="e1"))
    board.add(BOB, "run1", fought(0.3, end="e1"))
    board.add(BOB, "run1", fought(0.2, end="e2"))
    board.add(BOB, "run2", fought(0.1, end="e1"))
    assert [e.gain for e in board.of(ADA)] == [0.3]
    assert [e.gain for e in board.of(BOB)] == [0.2, 0.1]
    again = Scoreboard(board.path)
    again.add(BOB, "run1", fought(0.3, end="e1"))
    assert again.of(BOB) == board.of(BOB)


def test_a_full_room_lets_its_oldest_duels_go(board: Scoreboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoreboard, "MOST_ENTRIES", 3)
    for number in range(5):
        board.add(ADA, f"run{number}", fought(0.1, end="e"))
    assert [e.run for e in board.of(ADA)] == ["run2", "run3", "run4"]
    board.add(BOB, "run0", fought(0.1, end="e"))
    assert len(board.of(BOB)) == 1, "what went is nobody's any more"


def test_a_flood_of_names_is_stopped_and_a_class_is_not(board: Scoreboard, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(scoreboard.NAMES_A_MINUTE):
        board.name(f"{number:016x}", f"pupil {number}")
    board.name(f"{0:016x}", "pupil 0")
    with pytest.raises(StateError, match="Too many"):
        board.name("f" * 16, "one more")
    monkeypatch.setattr(scoreboard, "NAMES_A_MINUTE", 10**6)
    monkeypatch.setattr(scoreboard, "MOST_NAMES", 50)
    board.name("f" * 16, "one more")
    assert board.nickname("f" * 16) == "one more"
    assert board.nickname(f"{0:016x}") == "", "the oldest went"


@pytest.mark.parametrize("visitor", ["", "x" * 32, "../../etc", "A" * 32, None, 7])
def test_strange_visitors_are_not_counted(board: Scoreboard, visitor) -> None:
    board.add(visitor, "run1", fought(0.3))
    assert board.of(visitor) == []
    with pytest.raises(StateError):
        board.name(visitor, "Ada")


def test_only_the_named_are_shown(board: Scoreboard) -> None:
    board.add(ADA, "run1", fought(0.3))
    board.add(BOB, "run2", fought(-0.3))
    assert board.name(ADA, "  Ada\n") == "Ada"
    assert [n for n, _ in board.named()] == ["Ada"]
    assert board.named(time.time() + 1) == []
    for lookalike in ("aDA", "\u0410da", "A\u00adda", "A d a"):
        with pytest.raises(StateError, match="called"):
            board.name(BOB, lookalike)
    board.name(ADA, "")
    assert board.named() == []
    assert board.name(BOB, "Ada") == "Ada"


def test_a_restart_keeps_scores_and_old_ones_go(board: Scoreboard) -> None:
    board.add(ADA, "run1", fought(0.3))
    board.name(ADA, "Ada")
    assert board.path is not None
    with board.path.open("a") as file:
        file.write("damaged\n[]\n")
    again = Scoreboard(board.path)
    assert again.named() == board.named()
    assert Scoreboard(board.path, ttl=-1).of(ADA) == []


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.append(tag)


def test_the_chart_says_when_people_beat_the_method(board: Scoreboard) -> None:
    for visitor, name in ((ADA, "<script>x</script>"), (BOB, "Bob")):
        board.name(visitor, name)
        board.add(visitor, "run1", fought(0.3, 6, "s6"))
    board.add(BOB, "run1", fought(-0.4, 2, "s2"))
    board.add(BOB, "run1", fought(0.0, 9, "s9"))
    chart = chart_html(board.named(), 13, "http://10.0.0.5:7860")
    assert "People beat the method in 2 of 4 comparisons, most often at scale 6" in chart
    assert "2 of 2" in chart
    assert "0 of 1" in chart
    assert "http://10.0.0.5:7860" in chart
    tags = Tags()
    tags.feed(chart)
    assert "script" not in tags.seen
    assert chart.count('class="duelist"') == 4
    regions = chart.count('<div class="wide" tabindex="0" role="region" aria-label="')
    assert regions == chart.count('class="wide"') == 2, "what scrolls on a phone is reached by a keyboard"


def test_an_empty_class_is_told_how_to_join(board: Scoreboard) -> None:
    room = Classroom(board, 13)
    room.address = "http://10.0.0.5:7860"
    assert "Nobody has compared yet" in room.chart(90)
    assert room.address in room.chart(90)
    assert scannable(room.address) in room.chart(90), "a phone's camera reads where to go"


def test_nicknames_are_short(board: Scoreboard) -> None:
    assert len(board.name(ADA, "n" * 300)) == 20


def test_addresses() -> None:
    assert addresses("127.0.0.1", 7860) == ("http://127.0.0.1:7860",)
    assert addresses("::1", 7860) == ("http://[::1]:7860",)
    everywhere = addresses("0.0.0.0", 7860)
    assert everywhere[0] == "http://127.0.0.1:7860"
    assert len(everywhere) <= 2
