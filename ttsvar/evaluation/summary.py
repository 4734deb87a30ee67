"""What an evaluation says: accuracies by category with intervals, paired differences, and cost, as JSON and as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ttsvar.evaluation.rows import Row
from ttsvar.evaluation.statistics import Estimate, accuracy, paired_difference
from ttsvar.toybox.prompts import TAGS

SHORT: dict[str, str] = dict(zip(TAGS, ("single", "two", "count", "colors", "position", "attr"), strict=True))


def summarize(rows: Sequence[Row]) -> dict[str, Any]:
    """Arms and differences of rows; differences are against the first arm, and at like compute against best-of-N.

    Only images that every arm has are counted, so that an interrupted evaluation still compares like with like.
    """
    labels = list(dict.fromkeys(r.search for r in rows))
    complete = set.intersection(*({(r.prompt, r.seed) for r in rows if r.search == label} for label in labels))
    shared = [r for r in rows if (r.prompt, r.seed) in complete]
    by_arm = {label: [r for r in shared if r.search == label] for label in labels}
    pairs = [(label, labels[0]) for label in labels[1:]] + _peers(by_arm)
    return {
        "images": len(complete),
        "prompts": len({r.prompt for r in shared}),
        "arms": {label: _arm(part) for label, part in by_arm.items()},
        "differences": [_difference(a, b, by_arm) for a, b in dict.fromkeys(pairs)],
    }


def table(summary: dict[str, Any]) -> str:
    """A summary as text to read in a terminal."""
    tags = [t for t in TAGS if any(t in arm["categories"] for arm in summary["arms"].values())]
    head = ["search", *(SHORT[t] for t in tags), "overall [95 %]", "reward", "s/image", "GFLOP/image"]
    lines = [head]
    for label, arm in summary["arms"].items():
        cells = [f"{arm['categories'][t]['value']:.2f}" for t in tags]
        reward = "-" if arm["reward"] is None else f"{arm['reward']:.2f}"
        cost = (reward, f"{arm['seconds']:.2f}", f"{arm['flops'] / 1e9:.1f}")
        lines.append([label, *cells, _interval(arm["overall"]), *cost])
    text = [f"{summary['images']} images an arm, {summary['prompts']} prompts", *_aligned(lines)]
    if summary["differences"]:
        head = ["difference", *(SHORT[t] for t in tags), "overall [95 %]", "FLOPs ratio"]
        lines = [head]
        for d in summary["differences"]:
            cells = [f"{d['categories'][t]['value']:+.2f}" for t in tags]
            lines.append(
                [f"{d['first']} - {d['second']}", *cells, _interval(d["overall"], "+"), f"{d['flops_ratio']:.2f}"]
            )
        text += ["", *_aligned(lines)]
    return "\n".join(text)


def _arm(rows: Sequence[Row]) -> dict[str, Any]:
    outcomes = _outcomes(rows)
    rewards = [r.reward for r in rows if r.reward is not None]
    return {
        "overall": accuracy(outcomes).to_json(),
        "categories": {tag: accuracy({tag: values}).to_json() for tag, values in outcomes.items()},
        "reward": float(np.mean(rewards)) if rewards else None,
        "seconds": float(np.median([r.seconds for r in rows])),
        "flops": float(np.mean([r.flops for r in rows])),
    }


def _difference(first: str, second: str, by_arm: dict[str, list[Row]]) -> dict[str, Any]:
    a, b = _outcomes(by_arm[first]), _outcomes(by_arm[second])
    return {
        "first": first,
        "second": second,
        "overall": paired_difference(a, b).to_json(),
        "categories": {tag: paired_difference({tag: a[tag]}, {tag: b[tag]}).to_json() for tag in a},
        "flops_ratio": _flops(by_arm[first]) / max(1.0, _flops(by_arm[second])),
    }


def _peers(by_arm: dict[str, list[Row]]) -> list[tuple[str, str]]:
    """Each guided search with the best-of-N that comes nearest to it in FLOPs."""
    plain = [label for label in by_arm if label.startswith("best-of-n")]
    guided = [label for label in by_arm if label not in plain and label != "raw"]
    if not plain:
        return []
    cost = {label: math.log(max(1.0, _flops(rows))) for label, rows in by_arm.items()}
    return [(label, min(plain, key=lambda other: abs(cost[other] - cost[label]))) for label in guided]


def _flops(rows: Sequence[Row]) -> float:
    return float(np.mean([r.flops for r in rows]))


def _outcomes(rows: Sequence[Row]) -> dict[str, list[float]]:
    """Per category the share of right images of each prompt, prompts in alphabetical order."""
    result: dict[str, list[float]] = {}
    for tag in (t for t in TAGS if any(r.tag == t for r in rows)):
        by_prompt: dict[str, list[bool]] = {}
        for row in rows:
            if row.tag == tag:
                by_prompt.setdefault(row.prompt, []).append(row.correct)
        result[tag] = [float(np.mean(by_prompt[prompt])) for prompt in sorted(by_prompt)]
    return result


def _interval(values: dict[str, float], sign: str = "") -> str:
    e = Estimate(**values)
    return f"{e.value:{sign}.3f} [{e.low:{sign}.3f}, {e.high:{sign}.3f}]"


def _aligned(lines: list[list[str]]) -> list[str]:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return [
        "  ".join(
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
