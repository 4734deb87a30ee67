"""What must hold of GenEval's rule whatever is detected."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.detections import Detection
from ttsvar.evaluation.bench.prompts import evaluation_prompts
from ttsvar.evaluation.rules.geneval import GENEVAL, Rule, confident, judge, relative_position
from ttsvar.toybox.world.things import COLORS, RELATIONS, SHAPES

PROMPTS = evaluation_prompts()
edge = st.floats(0, 120)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), edge, edge, st.floats(1, 60), st.floats(1, 60))
scores = st.floats(0, 1, exclude_min=True)
detections = st.builds(Detection, st.sampled_from(SHAPES), boxes, scores, st.sampled_from(list(COLORS)))
found = st.lists(detections, max_size=8, unique_by=lambda d: d.score)
prompts = st.sampled_from(PROMPTS)


@given(prompts, found, st.randoms())
def test_the_order_of_detections_does_not_matter(prompt, seen, rng):
    shuffled = list(seen)
    rng.shuffle(shuffled)
    assert judge(prompt.metadata, seen) == judge(prompt.metadata, shuffled)


@given(prompts, found)
def test_correct_means_no_reason(prompt, seen):
    verdict = judge(prompt.metadata, seen)
    assert verdict.correct == (not verdict.reasons)


@given(prompts, found, detections)
def test_what_is_not_asked_for_does_not_matter(prompt, seen, extra):
    named = {c["class"] for c in [*prompt.metadata["include"], *prompt.metadata.get("exclude", ())]}
    other = replace(extra, cls=next(s for s in SHAPES if s not in named))
    assert judge(prompt.metadata, seen) == judge(prompt.metadata, [*seen, other])


@given(prompts, found, detections)
def test_what_is_not_sure_enough_does_not_matter(prompt, seen, extra):
    limit = GENEVAL.counting_threshold if prompt.tag == "counting" else GENEVAL.threshold
    assert judge(prompt.metadata, seen) == judge(prompt.metadata, [*seen, replace(extra, score=limit * extra.score)])


@given(prompts, found)
def test_clauses_without_include_ask_nothing(prompt, seen):
    assert judge({"tag": prompt.tag, "include": []}, seen).correct


@pytest.mark.slow
@given(st.sampled_from([p for p in PROMPTS if p.tag in ("single_object", "two_object")]), found, detections)
def test_more_objects_never_spoil_mere_presence(prompt, seen, extra):
    if judge(prompt.metadata, seen).correct:
        assert judge(prompt.metadata, [*seen, extra]).correct


@given(st.integers(1, 4), st.integers(0, 6))
def test_counting_is_exact_where_one_more_is_excluded(wanted, there):
    include, exclude = [{"class": "cup", "count": wanted}], [{"class": "cup", "count": wanted + 1}]
    seen = [Detection("cup", (0, 0, 10, 10), 0.95 + i / 1000) for i in range(there)]
    assert judge({"tag": "counting", "include": include, "exclude": exclude}, seen).correct == (there == wanted)


@given(found, st.integers(1, 5), st.sampled_from(["counting", "colors"]))
def test_kept_detections_are_sure_sorted_and_few(seen, most, tag):
    rule = Rule(max_objects=most)
    limit = rule.counting_threshold if tag == "counting" else rule.threshold
    for name, group in confident({"tag": tag}, seen, rule).items():
        assert [d.score for d in group] == sorted((d.score for d in group), reverse=True)
        assert len(group) <= most
        assert all(d.cls == name and d.score > limit for d in group)


@given(boxes, boxes, st.floats(-50, 50), st.floats(-50, 50), st.floats(0.5, 4))
def test_sides_depend_on_neither_place_nor_size_of_the_picture(a, b, dx, dy, scale):
    def moved(box):
        left, top, right, bottom = box
        return Detection(
            "cup", ((left + dx) * scale, (top + dy) * scale, (right + dx) * scale, (bottom + dy) * scale), 1.0
        )

    before = relative_position(Detection("cup", a, 1.0), Detection("cup", b, 1.0))
    after = relative_position(moved(a), moved(b))
    # Where a side is decided by less than rounding, either answer is right.
    assert before == after or _on_the_edge(a, b)


@given(boxes, boxes)
def test_never_both_of_two_opposite_sides(a, b):
    sides = relative_position(Detection("cup", a, 1.0), Detection("cup", b, 1.0))
    assert not {"left of", "right of"} <= sides
    assert not {"above", "below"} <= sides
    assert sides <= set(RELATIONS)


@given(st.text(string.ascii_letters, min_size=1), boxes, scores)
def test_detections_survive_json(name, box, score):
    detection = Detection(name, tuple(round(v, 2) for v in box), round(score, 4), "red")
    assert Detection.from_json(detection.to_json()) == detection


def _on_the_edge(a, b) -> bool:
    near = [Rule().position_threshold * (1 + sign * 1e-6) for sign in (-1, 1)]
    pair = Detection("cup", a, 1.0), Detection("cup", b, 1.0)
    gaps = [abs((a[i] + a[i + 2]) - (b[i] + b[i + 2])) / 2 - 0.1 * (a[i + 2] - a[i] + b[i + 2] - b[i]) for i in (0, 1)]
    small = any(abs(gap) < 5e-3 for gap in gaps)
    return small or relative_position(*pair, near[0]) != relative_position(*pair, near[1])
