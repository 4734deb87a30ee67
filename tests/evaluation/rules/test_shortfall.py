"""What an image falls short of: data that comes back from JSON, and GenEval's own words for it."""

from __future__ import annotations

from typing import Any

import pytest

from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.geneval import judge
from ttsvar.evaluation.rules.shortfall import Shortfall, geneval_reason


def cup(x: float = 0.0, color: str = "red") -> Detection:
    return Detection("cup", (x, 0.0, x + 10.0, 10.0), 0.95, color)


CASES = [
    ({"class": "cup", "count": 2}, [cup()], "expected cup >= 2, found 1"),
    ({"class": "cup", "count": 1, "color": "blue"}, [cup()], "expected blue cup >= 1, found 0 (red)"),
    (
        {"class": "cup", "count": 2, "color": "blue"},
        [cup(), cup(20.0, "blue")],
        "expected blue cup >= 2, found 1 (blue, red)",
    ),
]


@pytest.mark.parametrize(("clause", "seen", "words"), CASES)
def test_a_clause_is_told_in_genevals_words(clause: dict[str, Any], seen: list[Detection], words: str) -> None:
    (reason,) = judge({"tag": "colors", "include": [clause]}, seen).reasons
    assert geneval_reason(reason) == words
    assert Shortfall.from_json(reason.to_json()) == reason


def test_too_many_and_places_are_told_in_genevals_words() -> None:
    car = Detection("car", (100.0, 0.0, 110.0, 10.0), 0.9, "red")
    wish: dict[str, Any] = {
        "tag": "position",
        "include": [{"class": "cup", "count": 1}, {"class": "car", "count": 1, "position": ["above", 0]}],
        "exclude": [{"class": "cup", "count": 2}],
    }
    reasons = judge(wish, [cup(), cup(1.0), car]).reasons
    assert [geneval_reason(r) for r in reasons] == [
        "expected car above cup, found right of it",
        "expected cup < 2, found 2",
    ]
    near = judge({**wish, "exclude": []}, [cup(99.0), car]).reasons
    assert geneval_reason(near[0]) == "expected car above cup, found no clear side of it"
    absent = judge({**wish, "exclude": []}, [car]).reasons
    assert [geneval_reason(r) for r in absent] == ["expected cup >= 1, found 0", "no target for car to be above"]
    for reason in (*reasons, *near, *absent):
        assert Shortfall.from_json(reason.to_json()) == reason


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"kind": "too-few"},
        {"kind": "lovely", "thing": "cup", "asked": 1, "found": 0},
        {"kind": "too-few", "thing": "cup", "asked": "1", "found": 0},
        {"kind": "too-few", "thing": ["cup"], "asked": 1, "found": 0},
        {"kind": "color", "thing": "cup", "asked": 1, "found": 0, "color": "red", "seen": [3]},
        {"kind": "too-few", "thing": "cup", "asked": 1, "found": 0, "more": 1},
        "expected cup >= 1, found 0",
    ],
)
def test_what_is_no_shortfall_is_refused(values: Any) -> None:
    with pytest.raises(ConfigError):
        Shortfall.from_json(values)
