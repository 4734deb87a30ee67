"""What an evaluation says: accuracies by category with intervals, paired differences, and cost, typed and as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ttsvar.evaluation.bench.statistics import Estimate, accuracy, paired_difference
from ttsvar.evaluation.bench.store import Row
from ttsvar.evaluation.bench.sweep import COSTS
from ttsvar.evaluation.report.schema import ArmFigures, ComponentFigures, Difference, Summary
from ttsvar.toybox.world.prompts import TAGS

NAMES = (
    *("single", "two", "count", "colors", "position", "attr"),
    *("three", "three attr", "position attr", "two counts", "four", "four attr"),
)
SHORT: dict[str, str] = dict(zip(TAGS, NAMES, strict=True))
CLAIM = ("tts-var n=2", "best-of-n n=8")
"""The paper's claim: the first of these does better than the second, with a quarter of the samples (section 5.1)."""
LEAST_COST = 1e-4
"""A cost that was not measured counts as this much."""
LIKE = 1.5
"""Costs within this factor are alike enough to compare at."""
NOTHING = Summary(images=0, prompts=0, held_out=0, arms={}, differences=())
Arms = Mapping[str, Sequence[Row]]
"""Rows by the arm's label, in the order of the experiment."""


def summarize(arms: Arms, plain: Sequence[str] = (), bases: Mapping[str, str] | None = None) -> Summary:
    """Figures of every arm, and differences against its base and, at like costs of every kind, against `plain` ones.

    The base is that of `bases`, or the first arm where it names none with rows.
    Only images that every arm with rows has are counted, so that an interrupted sweep still compares like with like.
    """
    arms = {label: rows for label, rows in arms.items() if rows}
    if not arms:
        return NOTHING
    complete = set.intersection(*({(r.prompt, r.draw) for r in rows} for rows in arms.values()))
    shared = {label: [r for r in rows if (r.prompt, r.draw) in complete] for label, rows in arms.items()}
    if not complete:
        return NOTHING
    first = next(iter(shared.values()))
    return Summary(
        images=len(complete),
        prompts=len({r.prompt for r in first}),
        held_out=len({r.prompt for r in first if r.held_out}),
        arms={label: _arm(rows) for label, rows in shared.items()},
        differences=_differences(shared, [label for label in plain if label in shared], bases or {}),
    )


def table(summary: Summary) -> str:
    """A summary as text to read in a terminal."""
    if not summary.arms:
        return "no image that every arm has yet"
    tags = [t for t in TAGS if any(t in arm.categories for arm in summary.arms.values())]
    lines = [["search", *(SHORT[t] for t in tags), "overall [95 %]", "reward", "s/image", "GFLOP/image"]]
    for label, arm in summary.arms.items():
        cells = [f"{arm.categories[t].value:.2f}" for t in tags]
        reward = "-" if arm.reward is None else f"{arm.reward:.2f}"
        cost = (reward, f"{arm.seconds:.2f}", f"{arm.flops / 1e9:.1f}")
        lines.append([label, *cells, arm.overall.text(), *cost])
    held_out = f", {summary.held_out} of combinations training never saw" if summary.held_out else ""
    text = [f"{summary.images} images an arm, {summary.prompts} prompts{held_out}", *_aligned(lines)]
    if summary.differences:
        lines = [["difference", *(SHORT[t] for t in tags), "overall [95 %]", *(f"{name} ratio" for name in COSTS)]]
        for d in summary.differences:
            cells = [f"{d.categories[t].value:+.2f}" for t in tags]
            ratios = (f"{ratio:.2f}" for ratio in (d.flops_ratio, d.transformer_ratio, d.seconds_ratio))
            lines.append([f"{d.first} - {d.second}", *cells, d.overall.text("+"), *ratios])
        text += ["", *_aligned(lines)]
    return "\n".join(text)


def _arm(rows: Sequence[Row]) -> ArmFigures:
    outcomes = _outcomes(rows)
    names = sorted({name for row in rows for name in row.judges})
    seen, held_out = [r for r in rows if not r.held_out], [r for r in rows if r.held_out]
    components = sorted({name for row in rows for name in row.parts})
    return ArmFigures(
        overall=accuracy(outcomes).rounded(),
        categories=_by_category(outcomes),
        seen=accuracy(_outcomes(seen)).rounded() if seen else None,
        held_out=accuracy(_outcomes(held_out)).rounded() if held_out else None,
        held_out_categories=_by_category(_outcomes(held_out)),
        reward=_mean([r.reward for r in rows]),
        judges={name: _mean([r.judges.get(name) for r in rows]) for name in names},
        diversity=_mean([r.diversity for r in rows]),
        survivors=_mean([r.survivors for r in rows]),
        seconds=_median([r.alone for r in rows]),
        flops=float(np.mean([r.flops for r in rows])),
        components={name: _component([r.parts[name] for r in rows if name in r.parts]) for name in components},
    )


def _by_category(outcomes: Mapping[str, list[float]]) -> dict[str, Estimate]:
    return {tag: accuracy({tag: values}).rounded() for tag, values in outcomes.items()}


def _component(parts: Sequence[Mapping[str, float]]) -> ComponentFigures:
    return ComponentFigures(
        seconds=_median([p["seconds"] for p in parts]),
        flops=float(np.mean([p["flops"] for p in parts])),
        peak_bytes=_median([p["peak_bytes"] for p in parts]),
    )


def _differences(arms: Arms, plain: Sequence[str], bases: Mapping[str, str]) -> tuple[Difference, ...]:
    labels = list(arms)
    known = {label: base for label, base in bases.items() if base in arms}
    pairs = [(label, known.get(label, labels[0])) for label in labels[1:]]
    pairs += [CLAIM] if set(CLAIM) <= set(labels) else []
    reasons: dict[tuple[str, str], list[str]] = {pair: [] for pair in pairs}
    for label in labels:
        if label not in plain and plain:
            for name in (name for name, cost in COSTS.items() if cost(arms[label])):
                gaps = {other: abs(math.log(_ratio(name, arms[other], arms[label]))) for other in plain}
                peer = min(plain, key=gaps.__getitem__)
                if gaps[peer] < math.log(LIKE):
                    reasons.setdefault((label, peer), []).append(f"like {name}")
    return tuple(_difference(a, b, arms, tuple(why)) for (a, b), why in reasons.items() if a != b)


def _difference(first: str, second: str, arms: Arms, matched: tuple[str, ...]) -> Difference:
    a, b = _outcomes(arms[first]), _outcomes(arms[second])
    judged = all(row.reward is not None for row in (*arms[first], *arms[second]))
    mine, theirs = (_outcomes(arms[label], lambda row: row.reward or 0.0) for label in (first, second))
    return Difference(
        first=first,
        second=second,
        overall=paired_difference(a, b).rounded(),
        reward=paired_difference(mine, theirs, shares=False).rounded() if judged else None,
        categories={tag: paired_difference({tag: a[tag]}, {tag: b[tag]}).rounded() for tag in a},
        flops_ratio=_ratio("FLOPs", arms[first], arms[second]),
        transformer_ratio=_ratio("transformer FLOPs", arms[first], arms[second]),
        seconds_ratio=_ratio("seconds", arms[first], arms[second]),
        matched=matched,
    )


def _ratio(cost: str, first: Sequence[Row], second: Sequence[Row]) -> float:
    """What an image of the first costs over one of the second."""
    return max(LEAST_COST, COSTS[cost](first)) / max(LEAST_COST, COSTS[cost](second))


def _outcomes(rows: Sequence[Row], of: Callable[[Row], float] = lambda row: row.correct) -> dict[str, list[float]]:
    """Per category the mean of each prompt's images, prompts in alphabetical order; of whether they are right."""
    result: dict[str, list[float]] = {}
    for tag in (t for t in TAGS if any(r.tag == t for r in rows)):
        by_prompt: dict[str, list[float]] = {}
        for row in rows:
            if row.tag == tag:
                by_prompt.setdefault(row.prompt, []).append(of(row))
        result[tag] = [float(np.mean(by_prompt[prompt])) for prompt in sorted(by_prompt)]
    return result


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return round(float(np.mean(known)), 5) if known else None


def _median(values: Sequence[float]) -> float:
    return float(np.median(values))


def _aligned(lines: list[list[str]]) -> list[str]:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [
        "  ".join(
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
