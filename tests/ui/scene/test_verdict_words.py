"""What a detector found, in words, and a verdict that is asked for once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ui_helpers import go_to, page_at

from ttsvar.evaluation.rules.atoms import Atom, AtomKind
from ttsvar.evaluation.rules.geneval import Verdict
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind
from ui.scene.verdicts import atom_told, atoms_html, atoms_of, told, verdict_html, verdict_of
from ui.session.session import Session
from ui.session.shown import VERDICT


def shortfall(kind: ShortfallKind, thing: str, asked: int, found: int, **more: Any) -> Shortfall:
    return Shortfall(kind=kind, thing=thing, asked=asked, found=found, **more)


def part(kind: AtomKind, asked: int, found: int, holds: bool = False, **more: Any) -> Atom:
    return Atom(kind=kind, thing="star", asked=asked, found=found, holds=holds, **more)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (shortfall(ShortfallKind.TOO_MANY, "ball", 3, 4), "3 \u00d7 ball asked for, 4 drawn"),
        (shortfall(ShortfallKind.TOO_FEW, "ball", 3, 2), "3 \u00d7 ball asked for, 2 drawn"),
        (shortfall(ShortfallKind.TOO_FEW, "cup", 1, 0), "no cup to be seen"),
        (shortfall(ShortfallKind.COLOR, "star", 1, 0, color="red", seen=("blue",)), "no red star: it is blue"),
        (shortfall(ShortfallKind.COLOR, "star", 2, 0, color="red", seen=("blue",) * 2), "too few are a red star"),
        (
            shortfall(ShortfallKind.PLACE, "heart", 1, 1, place="left of", other="house", seen=("right of",)),
            "the heart is right of the house, not left of it",
        ),
        (
            shortfall(ShortfallKind.PLACE, "cup", 1, 1, place="above", other="fish"),
            "the cup is on no clear side of the fish, not above it",
        ),
        (shortfall(ShortfallKind.NO_TARGET, "cup", 1, 1, place="above"), "does not satisfy the prompt"),
    ],
)
def test_reasons_are_told_as_a_person_would(reason: Shortfall, words: str) -> None:
    assert told(reason) == words
    assert words in verdict_html(False, (reason,))


def test_the_winner_of_a_finished_run_is_judged_once(session: Session) -> None:
    asked = []

    class Yes:
        def verdict(self, prompt: str, image: Any) -> Any:
            asked.append(prompt)
            return SimpleNamespace(correct=True, reasons=(), atoms=())

    session.evaluator = Yes()
    end = go_to(session, 13)
    assert verdict_of(session, end) == (True, ())
    assert "satisfies the prompt" in page_at(session, end)["stage"]
    assert asked == [session.run.prompt]


@pytest.mark.parametrize(
    ("atom", "words"),
    [
        (part(AtomKind.COUNT, 2, 2, True), "2 \u00d7 star: yes"),
        (part(AtomKind.COUNT, 2, 1), "2 \u00d7 star: 1 drawn"),
        (part(AtomKind.COUNT, 1, 0), "star: none"),
        (part(AtomKind.COLOR, 2, 1, color="red", seen=("red", "blue")), "red star: 1 of 2"),
        (part(AtomKind.COLOR, 1, 0, color="red", seen=("blue",)), "red star: no, blue"),
        (part(AtomKind.COLOR, 1, 0, color="red"), "red star: none there"),
        (part(AtomKind.PLACE, 1, 1, True, place="above", other="cup"), "star above cup: yes"),
        (part(AtomKind.PLACE, 1, 0, place="above", other="cup", seen=("below",)), "star above cup: no, below"),
        (part(AtomKind.PLACE, 1, 0, place="above", other="cup"), "star above cup: no"),
    ],
)
def test_every_part_is_told_by_itself(atom: Atom, words: str) -> None:
    assert atom_told(atom) == words
    assert words in atoms_html((atom, atom))
    assert atoms_html((atom,)) == "", "the verdict says it already"


def test_the_ending_tells_the_parts_and_they_are_kept_with_the_run(session: Session) -> None:
    atoms, asked = (part(AtomKind.COUNT, 2, 2, True), part(AtomKind.COLOR, 2, 1, color="red")), list[str]()

    class Partly:
        def verdict(self, prompt: str, image: Any) -> Any:
            asked.append(prompt)
            return Verdict(False, (shortfall(ShortfallKind.COLOR, "star", 2, 1, color="red"),), atoms)

    session.evaluator = Partly()
    end = go_to(session, 13)
    assert "red star: 1 of 2" in page_at(session, end)["stage"]
    session.evaluator = None
    assert atoms_of(session, end) == atoms
    assert len(asked) == 1


def test_nothing_is_said_where_nothing_measures(session: Session) -> None:
    end = go_to(session, 13)
    assert verdict_of(session, end) == (None, ())
    assert "satisf" not in page_at(session, end)["stage"]


def test_a_verdict_that_was_kept_as_a_sentence_is_asked_for_again(session: Session) -> None:
    lacking = shortfall(ShortfallKind.TOO_FEW, "ball", 3, 2)

    class No:
        def verdict(self, prompt: str, image: Any) -> Any:
            return SimpleNamespace(correct=False, reasons=(lacking,), atoms=())

    session.evaluator = No()
    end = go_to(session, 13)
    session.show_again(end, VERDICT, lambda: [False, ["expected ball >= 3, found 2"]])
    assert verdict_of(session, end) == (False, (lacking,))
    session.evaluator = None
    assert verdict_of(session, end) == (False, (lacking,))
