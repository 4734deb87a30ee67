"""Why a strategy chose as it did, in one sentence with the numbers of this run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ttsvar.turns import Turn


def cluster_reason(ids: Sequence[str], labels: Sequence[int], parents: Sequence[int]) -> str:
    """A sentence such as "6 -> 4: c2 and c5 share a layout (cluster B); c5 was dropped."."""
    head = f"{len(ids)} -> {len(parents)}: "
    dropped = [i for i in range(len(ids)) if i not in parents]
    if not dropped:
        return head + f"the schedule keeps as many as are alive, so all {len(ids)} go on."
    groups = [[i for i in range(len(ids)) if labels[i] == label] for label in sorted({labels[i] for i in dropped})]
    parts = [f"{listed(ids[i] for i in g)} share a layout (cluster {cluster_letter(labels[g[0]])})" for g in groups[:3]]
    more = f", as do {len(groups) - 3} more groups" if len(groups) > 3 else ""
    return head + f"{', '.join(parts)}{more}" + _gone([ids[i] for i in dropped], "dropped")


def draw_reason(
    ids: Sequence[str], chances: Sequence[float], parents: Sequence[int], kind: str, lam: float, how: str = ""
) -> str:
    """A sentence such as "4 -> 2: drawn by potential value at lambda 10: c5 twice (91%); c0 and c3 were not drawn."."""
    counts = Counter(parents)
    drawn = [f"{ids[i]} {_times(n)} ({chances[i]:.0%})" for i, n in sorted(counts.items())]
    shown = listed(drawn if len(drawn) <= 6 else [*drawn[:5], f"{len(drawn) - 5} more"])
    text = f"{len(ids)} -> {len(parents)}: drawn by potential {kind} at lambda {lam:g}{how}: {shown}"
    return text + _gone([ids[i] for i in range(len(ids)) if i not in counts], "not drawn")


def carry_reason(ids: Sequence[str], effective: float, needed: float) -> str:
    """A sentence such as "All 4 go on with their weights: they count for 3.1 candidates, and 2 are enough."."""
    weights = f"they count for {effective:.1f} candidates, and {needed:g} are enough"
    return f"All {len(ids)} go on with their weights: {weights}."


def select_reason(ids: Sequence[str], values: Sequence[float], parents: Sequence[int], kind: str) -> str:
    """A sentence such as "4 -> 4: the best by potential value: c3 (1.20), 4 times; c0, c1 and c2 were dropped."."""
    counts = Counter(parents)
    best = sorted(counts, key=lambda i: (-_number(values[i]), i))
    shown = [f"{ids[i]} ({values[i]:.2f})" for i in best]
    text = f"{len(ids)} -> {len(parents)}: the best by potential {kind}: "
    text += listed(shown if len(shown) <= 6 else [*shown[:5], f"{len(shown) - 5} more"])
    most, least = max(counts.values()), min(counts.values())
    if most > 1:
        times = _times(most) if most == least else f"{least} to {most} times"
        text += f", {times}{' each' if len(counts) > 1 else ''}"
    return text + _gone([ids[i] for i in range(len(ids)) if i not in counts], "dropped")


def chance_reason(ids: Sequence[str], parents: Sequence[int]) -> str:
    """A sentence such as "6 -> 4: by chance alone; c2 and c5 were dropped."."""
    head = f"{len(ids)} -> {len(parents)}: by chance alone"
    return head + _gone([ids[i] for i in range(len(ids)) if i not in parents], "dropped")


def finish_reason(ids: Sequence[str], scores: Sequence[float]) -> str:
    """A sentence such as "c3 (1.20) scores highest of 4 and is the final image; c1 (0.98) comes second."."""
    order = sorted(range(len(ids)), key=lambda i: (-_number(scores[i]), i))
    best, next_best = (f"{ids[i]} ({scores[i]:.2f})" for i in order[:2])
    return f"{best} scores highest of {len(ids)} and is the final image; {next_best} comes second."


def back_reason(turn: Turn) -> str:
    """A further sentence such as "That is not good enough yet: 3 are drawn anew from scale 0 on, and 1 stays."."""
    stay = len(turn.whole)
    tail = f", and {stay} {'stays' if stay == 1 else 'stay'}" if stay else ""
    return f"That is not good enough yet: {len(turn.rows) - stay} are drawn anew from scale {turn.first} on{tail}."


def unscored_reason(ids: Sequence[str], scores: Sequence[float]) -> str:
    """A further sentence such as " c2 has no score, since the judge gave no number: it counts as the worst."."""
    lacking = [name for name, score in zip(ids, scores, strict=True) if score != score]
    if not lacking:
        return ""
    who = listed(lacking) if len(lacking) <= 6 else f"{len(lacking)} candidates"
    verbs = ("has", "it counts") if len(lacking) == 1 else ("have", "they count")
    return f" {who} {verbs[0]} no score, since the judge gave no number: {verbs[1]} as the worst."


def cluster_letter(label: int) -> str:
    """A, B, ..., Z, A2, B2, ... for clusters 0, 1, ..."""
    return chr(ord("A") + label % 26) + (str(label // 26 + 1) if label >= 26 else "")


def listed(names: Iterable[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _gone(names: Sequence[str], what: str) -> str:
    if not names:
        return "."
    shown = listed(names) if len(names) <= 6 else f"{len(names)} candidates"
    return f"; {shown} {'was' if len(names) == 1 else 'were'} {what}."


def _number(score: float) -> float:
    return score if score == score else float("-inf")
