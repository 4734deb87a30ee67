"""What is told of a recorded run, with the numbers of that run."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tools.record.stories import EARLY, FIRST_DRAW, LAST_CLUSTER, End, Story, Survey, saved_at
from ui.shell.text import listed, signed


@dataclass(frozen=True)
class Tale:
    """A sentence for the card, and a few for the open run."""

    summary: str
    text: str


def tell(story: Story, survey: Survey, run: End, other: End) -> Tale:
    """The words of a story about a run and the branch that it is compared with."""
    quoted = f"\u201c{survey.prompt}\u201d"
    return {
        "count": _count,
        "cluster": _cluster,
        "misled": _misled,
        "lambda": _trust,
        "override": _override,
        "failure": _failure,
    }[story.name](quoted, survey, run, other)


def _count(quoted: str, survey: Survey, run: End, other: End) -> Tale:
    good = _number(sum(end.correct for end in survey.alone))
    return Tale(
        f"{quoted}: drawn once, it does not come out right. The search finds one that does.",
        f"{quoted}. Without a search the model draws c0, and its picture does not count right. Of the eight candidates "
        f"{good} would, drawn to the end. The search keeps {run.name}, which does, with reward {signed(run.reward)}; "
        f"c0 ends at {signed(other.reward)}.",
    )


def _cluster(quoted: str, survey: Survey, run: End, other: End) -> Tale:
    scale = saved_at(survey)
    assert scale is not None
    winner, rewards = f"c{survey.root(run.name)}", survey.rewards[scale]
    place, kept = 1 + sum(value > rewards[winner] for value in rewards.values()), len(survey.kept[scale])
    ended = "and a picture that is not right" if not other.correct else "which is less"
    return Tale(
        f"{quoted}: by reward, {winner} was to be dropped at scale {scale}. It stood for its kind, and won.",
        f"{quoted}. At scale {scale} {winner} is only number {place} of {len(rewards)} by reward "
        f"({signed(rewards[winner])}), and {kept} go on. It goes on as the one that stands for its cluster, and wins "
        f"with {signed(run.reward)}. Keeping the {kept} with the highest reward ends with {signed(other.reward)}, "
        f"{ended}.",
    )


def _misled(quoted: str, survey: Survey, run: End, other: End) -> Tale:
    leader, rewards = survey.best_at(EARLY), survey.rewards[EARLY]
    winner = f"c{survey.root(run.name)}"
    return Tale(
        f"{quoted}: {leader} leads at scale {EARLY}, and does not end right.",
        f"{quoted}. At scale {EARLY} the pictures are blurs, and {leader} has the highest reward, "
        f"{signed(rewards[leader])}; {winner}, which wins in the end, has {signed(rewards[winner])}. Drawn to its end "
        f"alone, {leader} comes to {signed(other.reward)} and does not show what was asked. The search ends with "
        f"{signed(run.reward)}, and does: it does not look at rewards this early.",
    )


def _trust(quoted: str, survey: Survey, run: End, other: End) -> Tale:
    leader, rewards = survey.best_at(FIRST_DRAW), survey.rewards[FIRST_DRAW]
    high, second = (sorted(rewards.values())[i] for i in (-1, -2))
    chance = 1 / sum(math.exp(max(1000 * (value - high), -700)) for value in rewards.values())
    return Tale(
        f"{quoted}: with \u03bb = 1000 the leader of scale {FIRST_DRAW} takes all, and ends worse.",
        f"{quoted}, with \u03bb = 1000 instead of 10. At scale {FIRST_DRAW} {leader} leads with {signed(high)} before "
        f"{signed(second)}. So small a lead gives it {chance:.0%} of every draw, and the run ends with "
        f"{signed(run.reward)}{'' if run.correct else ' and a picture that is not right'}. With \u03bb = 10 "
        f"{listed(survey.kept[FIRST_DRAW])} are drawn, and that branch ends right, with {signed(other.reward)}.",
    )


def _override(quoted: str, survey: Survey, run: End, other: End) -> Tale:
    mine, kept = f"c{survey.root(other.name)}", listed(survey.kept[LAST_CLUSTER])
    return Tale(
        f"{quoted}: the search drops {mine} at scale {LAST_CLUSTER}. Whoever keeps it does better.",
        f"{quoted}. At scale {LAST_CLUSTER} the clustering keeps {kept} and drops {mine}, as another of its cluster "
        f"lay nearer to the centre. The search ends with {signed(run.reward)} and a wrong picture. A person "
        f"who keeps {mine} ends with {signed(other.reward)}, and a right one.",
    )


def _failure(quoted: str, survey: Survey, run: End, other: End) -> Tale:
    return Tale(
        f"{quoted}: eight candidates, none of them right. A search cannot find what the model does not draw.",
        f"{quoted}. Drawn to the end, none of the eight candidates shows it, whoever chooses: a search only picks "
        f"among what the model draws. It ends with reward {signed(run.reward)}; c0 without a search has "
        f"{signed(other.reward)}. More candidates (N) or another seed may help; no choice among these does.",
    )


def _number(count: int) -> str:
    return ("none", "one", "two", "three", "four", "five", "six", "seven", "all eight")[count]
