"""A verdict part by part: each is asked by itself, and all hold exactly where GenEval's rule is content."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.atoms import Atom
from ttsvar.evaluation.rules.geneval import judge
from ttsvar.toybox.world.reading import read_request

PROMPTS = (
    "a photo of two red dogs left of a cup", "a photo of a red star", "a photo of three blue balls",
    "a photo of two cups and a star", "a photo of a red cup and a blue star", "a photo of a star above a red cup",
    "a photo of a cup",
)  # fmt: skip
DETECTIONS = st.lists(
    st.builds(
        lambda cls, x, y, score, color: Detection(cls, (x, y, x + 10.0, y + 10.0), score, color),
        st.sampled_from(("cup", "star", "ball")),
        st.integers(0, 90).map(float),
        st.integers(0, 90).map(float),
        st.sampled_from((0.2, 0.5, 0.95, 0.99)),
        st.sampled_from(("red", "blue")),
    ),
    max_size=6,
)


def wish(prompt: str) -> dict[str, Any]:
    request = read_request(prompt)
    return {} if request is None else request.metadata


def parts(prompt: str, *seen: Detection) -> dict[str, tuple[bool, int]]:
    return {
        f"{a.color or a.place or ''} {a.thing}".strip(): (a.holds, a.found) for a in judge(wish(prompt), seen).atoms
    }


def thing(cls: str, x: float, color: str = "red") -> Detection:
    return Detection(cls, (x, 0.0, x + 10.0, 10.0), 0.95, color)


def test_one_part_that_fails_does_not_hide_the_others() -> None:
    prompt = "a photo of two red stars left of a cup"
    seen = (thing("star", 0.0), thing("star", 60.0, "blue"), thing("cup", 30.0))
    assert len(judge(wish(prompt), seen).reasons) == 1
    assert parts(prompt, *seen) == {
        "cup": (True, 1), "star": (True, 2), "red star": (False, 1), "left of star": (False, 1),
    }  # fmt: skip
    assert parts(prompt, thing("star", 0.0)) == {
        "cup": (False, 0), "star": (False, 1), "red star": (False, 1), "left of star": (False, 0),
    }  # fmt: skip
    assert parts("a photo of three balls", *(thing("ball", 20.0 * k) for k in range(4))) == {"ball": (False, 4)}


@given(st.sampled_from([p for p in PROMPTS if wish(p)]), DETECTIONS)
@settings(max_examples=300, deadline=None)
def test_all_parts_hold_exactly_where_the_picture_is_right(prompt: str, seen: list[Detection]) -> None:
    verdict = judge(wish(prompt), seen)
    assert verdict.atoms
    assert verdict.correct == all(atom.holds for atom in verdict.atoms)
    assert tuple(Atom.from_json(atom.to_json()) for atom in verdict.atoms) == verdict.atoms


@pytest.mark.parametrize("values", [{}, {"kind": "smell"}, {"kind": "count", "things": 3}, []])
def test_what_is_no_part_is_refused(values: Any) -> None:
    with pytest.raises(ConfigError, match="no part of a prompt"):
        Atom.from_json(values)
