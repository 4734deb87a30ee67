"""GenEval's decision rule (arXiv 2310.11513): does an image, as a detector sees it, satisfy a prompt?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ttsvar.detections import Detection
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.atoms import Atom, color_atom, count_atom, place_atom
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind

Groups = list[list[Detection] | None]
"""Per clause of `include` the objects that satisfied it, or None where none did."""


@dataclass(frozen=True)
class Rule:
    """GenEval's published settings; scores must lie above a threshold, and counting asks for surer detections."""

    threshold: float = 0.3
    counting_threshold: float = 0.9
    max_objects: int = 16
    position_threshold: float = 0.1


GENEVAL = Rule()


@dataclass(frozen=True)
class Verdict:
    """Whether an image satisfies its prompt, and every reason why not."""

    correct: bool
    reasons: tuple[Shortfall, ...] = ()
    atoms: tuple[Atom, ...] = ()
    """Every part of the prompt by itself."""


def judge(metadata: Mapping[str, Any], detections: Sequence[Detection], rule: Rule = GENEVAL) -> Verdict:
    """Decide as GenEval does: all `include` clauses must hold and no `exclude` clause may.

    A clause of `include` asks for at least `count` objects of a class; colour and position are asked of its `count`
    surest objects only. A position refers to an earlier clause, every one of whose objects it must hold against.
    """
    objects = confident(metadata, detections, rule)
    reasons: list[Shortfall] = []
    groups: Groups = []
    for clause in metadata.get("include", ()):
        found = objects.get(clause["class"], [])[: clause["count"]]
        shortfall = _shortfall(clause, found, groups, rule)
        groups.append(None if shortfall else found)
        reasons += [shortfall] if shortfall else []
    for clause in metadata.get("exclude", ()):
        name, limit = clause["class"], clause["count"]
        seen = len(objects.get(name, []))
        if seen >= limit:
            reasons.append(Shortfall(kind=ShortfallKind.TOO_MANY, thing=name, asked=limit - 1, found=seen))
    return Verdict(not reasons, tuple(reasons), _atoms(metadata, objects, rule))


def _atoms(metadata: Mapping[str, Any], objects: Mapping[str, list[Detection]], rule: Rule) -> tuple[Atom, ...]:
    """Every part of the prompt, asked of the objects that there are, clause by clause."""
    most = {clause["class"]: clause["count"] - 1 for clause in metadata.get("exclude", ())}
    atoms: list[Atom] = []
    earlier: list[tuple[str, list[Detection], bool]] = []
    for clause in metadata.get("include", ()):
        name, count = clause["class"], clause["count"]
        there = objects.get(name, [])
        found, enough = there[:count], len(there) >= count
        atoms.append(count_atom(clause, len(there), most.get(name)))
        if "color" in clause:
            atoms.append(color_atom(clause, [str(d.color) for d in found]))
        if "position" in clause:
            other, others, whole = earlier[clause["position"][1]]
            sides = [relative_position(one, two, rule.position_threshold) for one in found for two in others]
            atoms.append(place_atom(clause, other, enough and whole, sides))
        earlier.append((name, found, enough))
    return tuple(atoms)


def confident(metadata: Mapping[str, Any], detections: Sequence[Detection], rule: Rule) -> dict[str, list[Detection]]:
    """By class the detections above the threshold of this kind of prompt, surest first, at most `max_objects`."""
    threshold = rule.counting_threshold if metadata.get("tag") == "counting" else rule.threshold
    by_class: dict[str, list[Detection]] = {}
    for detection in detections:
        by_class.setdefault(detection.cls, []).append(detection)
    kept: dict[str, list[Detection]] = {}
    for name, group in by_class.items():
        surest = [group[int(i)] for i in np.argsort([d.score for d in group])[::-1]]
        kept[name] = [d for d in surest if d.score > threshold][: rule.max_objects]
    return kept


def relative_position(
    first: Detection, second: Detection, threshold: float = GENEVAL.position_threshold
) -> frozenset[str]:
    """Where the first box lies from the second: any of 'left of', 'right of', 'above', 'below'.

    Per axis the distance of the centres is reduced by `threshold` times both extents; what remains must exceed half of
    the full distance. So a diagonal neighbour can be, for example, both right and above, or neither.
    """
    boxes = np.array([first.box, second.box], dtype=np.float64).reshape(2, 2, 2)
    centers, extents = boxes.mean(1), np.abs(boxes[:, 1] - boxes[:, 0])
    offset = centers[0] - centers[1]
    clear = np.maximum(np.abs(offset) - threshold * extents.sum(0), 0.0) * np.sign(offset)
    if np.all(np.abs(clear) < 1e-3):
        return frozenset()
    dx, dy = clear / np.linalg.norm(offset)
    tests = {"left of": dx < -0.5, "right of": dx > 0.5, "above": dy < -0.5, "below": dy > 0.5}
    return frozenset(name for name, holds in tests.items() if holds)


def _shortfall(clause: Mapping[str, Any], found: list[Detection], groups: Groups, rule: Rule) -> Shortfall | None:
    name, count = clause["class"], clause["count"]
    if len(found) < count:
        return Shortfall(kind=ShortfallKind.TOO_FEW, thing=name, asked=count, found=len(found))
    if "color" in clause:
        colors = [str(d.color) for d in found]
        right = colors.count(clause["color"])
        if right < count:
            return Shortfall(
                kind=ShortfallKind.COLOR,
                thing=name,
                asked=count,
                found=right,
                color=clause["color"],
                seen=tuple(colors),
            )
    if "position" in clause:
        return _misplaced(clause, found, groups, rule)
    return None


def _misplaced(clause: Mapping[str, Any], found: list[Detection], groups: Groups, rule: Rule) -> Shortfall | None:
    relation, target = clause["position"]
    if not -len(groups) <= target < len(groups):
        raise ConfigError(
            f"The position of {clause['class']!r} refers to clause {target}, but only {len(groups)} come before it."
        )
    here = {"thing": clause["class"], "asked": clause["count"], "found": len(found), "place": relation}
    group = groups[target]
    if group is None:
        return Shortfall(kind=ShortfallKind.NO_TARGET, **here)
    for detection in found:
        for other in group:
            sides = relative_position(detection, other, rule.position_threshold)
            if relation not in sides:
                return Shortfall(kind=ShortfallKind.PLACE, other=other.cls, seen=tuple(sorted(sides)), **here)
    return None
