import json
import shutil

import pytest
from golden_cases import CASES
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.conformance import geneval_conformance
from ttsvar.evaluation.rules.geneval import judge, relative_position
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind

GOLDEN = CASES / "geneval"


def seen(cls, score=0.95, color="red", box=(0.0, 0.0, 10.0, 10.0)):
    return Detection(cls, box, score, color)


def at(x, y, cls="cup", size=10.0):
    return seen(cls, box=(x - size / 2, y - size / 2, x + size / 2, y + size / 2))


def test_reference_cases_are_decided_as_by_the_original():
    cases = json.loads((GOLDEN / "decision_cases.json").read_text())
    assert geneval_conformance(GOLDEN) == {"correct": [case["correct"] for case in cases]}


def test_conformance_never_reads_the_answers(tmp_path):
    cases = json.loads((GOLDEN / "decision_cases.json").read_text())
    bare = [{"metadata": c["metadata"], "detections": c["detections"]} for c in cases]
    (tmp_path / "decision_cases.json").write_text(json.dumps(bare))
    assert geneval_conformance(tmp_path) == geneval_conformance(GOLDEN)


def test_conformance_says_what_is_wrong_with_a_folder(tmp_path):
    with pytest.raises(ConfigError, match=r"no decision_cases\.json"):
        geneval_conformance(tmp_path)
    shutil.copy(GOLDEN / "decision_cases.json", tmp_path)
    (tmp_path / "decision_cases.json").write_text('[{"metadata": {}, "detections": [{"cls": "cup"}]}]')
    with pytest.raises(ConfigError, match="not a detection"):
        geneval_conformance(tmp_path)


def test_thresholds_are_exclusive_and_higher_for_counting():
    wish = {"tag": "single_object", "include": [{"class": "cup", "count": 1}]}
    assert not judge(wish, [seen("cup", 0.3)]).correct
    assert judge(wish, [seen("cup", 0.31)]).correct
    assert not judge(wish | {"tag": "counting"}, [seen("cup", 0.9)]).correct
    assert judge(wish | {"tag": "counting"}, [seen("cup", 0.91)]).correct


def test_counting_refuses_one_too_many():
    include, exclude = [{"class": "cup", "count": 2}], [{"class": "cup", "count": 3}]
    wish = {"tag": "counting", "include": include, "exclude": exclude}
    verdicts = [judge(wish, [seen("cup")] * n).correct for n in range(5)]
    assert verdicts == [False, False, True, False, False]


def test_color_is_asked_of_the_surest_objects_only():
    wish = {"tag": "colors", "include": [{"class": "cup", "count": 1, "color": "blue"}]}
    assert not judge(wish, [seen("cup", 0.5, "blue"), seen("cup", 0.8, "red")]).correct
    assert judge(wish, [seen("cup", 0.8, "blue"), seen("cup", 0.5, "red")]).correct


def test_every_reason_is_told():
    wish = {
        "tag": "color_attr",
        "include": [{"class": "cup", "count": 1, "color": "blue"}, {"class": "car", "count": 1}],
    }
    verdict = judge(wish, [seen("cup")])
    assert verdict.reasons == (
        Shortfall(kind=ShortfallKind.COLOR, thing="cup", asked=1, found=0, color="blue", seen=("red",)),
        Shortfall(kind=ShortfallKind.TOO_FEW, thing="car", asked=1, found=0),
    )


def test_position_needs_a_matched_target_and_its_color():
    target = {"class": "cup", "count": 1, "color": "blue"}
    wish = {"tag": "position", "include": [target, {"class": "car", "count": 1, "position": ["left of", 0]}]}
    scene = [at(100, 50, "cup"), at(10, 50, "car")]
    without = Shortfall(kind=ShortfallKind.NO_TARGET, thing="car", asked=1, found=1, place="left of")
    assert judge(wish, scene).reasons[-1] == without
    wish["include"][0]["color"] = "red"
    assert judge(wish, scene).correct


def test_position_must_hold_against_every_object_of_the_target():
    wish = {
        "tag": "position",
        "include": [{"class": "cup", "count": 2}, {"class": "car", "count": 1, "position": ["left of", 0]}],
    }
    assert judge(wish, [at(100, 50, "cup"), at(150, 50, "cup"), at(10, 50, "car")]).correct
    assert not judge(wish, [at(100, 50, "cup"), at(5, 50, "cup"), at(50, 50, "car")]).correct


def test_position_without_an_earlier_clause_is_refused():
    wish = {"tag": "position", "include": [{"class": "car", "count": 1, "position": ["above", 1]}]}
    with pytest.raises(ConfigError, match="clause 1, but only 0"):
        judge(wish, [at(0, 0, "car")])


def test_at_most_sixteen_objects_of_a_class_count():
    wish = {"tag": "counting", "include": [{"class": "cup", "count": 17}]}
    assert not judge(wish, [seen("cup")] * 30).correct


def test_diagonals_overlaps_and_the_margin():
    assert relative_position(at(0, 0), at(0, 0)) == frozenset()
    assert relative_position(at(0, 0), at(1.9, 0)) == frozenset()
    assert relative_position(at(0, 0), at(50, 50)) == {"left of", "above"}
    # The margin is taken off before, the full distance divides: (4 - 2) / 4 is not above one half.
    assert relative_position(at(0, 0), at(4.0, 0)) == frozenset()
    assert relative_position(at(0, 0), at(4.1, 0)) == {"left of"}


coordinate = st.floats(-200, 200)


@given(coordinate, coordinate, coordinate, coordinate, st.floats(1, 80), st.floats(1, 80))
def test_relations_turn_round_with_the_objects(ax, ay, bx, by, a, b):
    opposite = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
    first, second = at(ax, ay, size=a), at(bx, by, size=b)
    assert relative_position(second, first) == {opposite[r] for r in relative_position(first, second)}
