"""What recorded runs can show, and how to tell from a surveyed run whether it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

EARLY, LAYOUT, LAST_CLUSTER, FIRST_DRAW = 2, 5, 5, 6
"""Scales of the default search: both clusterings, and the first resampling."""


@dataclass(frozen=True)
class End:
    """How a branch ended: the survivor that the search prefers, its reward, and GenEval's verdict on its picture."""

    name: str
    reward: float
    correct: bool
    state: str = ""


@dataclass(frozen=True)
class Survey:
    """A run that was looked at from all sides: the search as proposed, and every first candidate drawn to its end.

    `alone[i]` is what candidate i becomes where it lives on, which does not depend on who else does. `rewards[k]` are
    the rewards at scale k by candidate name; `alive[k]` who was there in the search.
    """

    prompt: str
    tag: str
    seed: int
    search: End
    alone: tuple[End, ...]
    rewards: dict[int, dict[str, float]]
    alive: dict[int, tuple[str, ...]]
    kept: dict[int, tuple[str, ...]]

    def root(self, name: str) -> int:
        """The first candidate that a copy's name goes back to: c3.6b comes from c3."""
        return int(name.split(".")[0][1:])

    def best_at(self, scale: int) -> str:
        """Who has the highest reward among those alive at a scale."""
        return max(self.alive[scale], key=lambda name: self.rewards[scale][name])

    def by_reward(self, scale: int) -> tuple[str, ...]:
        """Who would live on after a scale if reward alone decided, in the order of the candidates."""
        ranked = sorted(self.alive[scale], key=lambda name: -self.rewards[scale][name])
        chosen = ranked[: len(self.kept[scale])]
        return tuple(name for name in self.alive[scale] if name in chosen)


@dataclass(frozen=True)
class Choice:
    """A branch besides the search's own: who alone goes on after a scale; all go on before it, as proposed."""

    scale: int
    names: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class Story:
    """One thing that a recorded run can show.

    `fit` is how well a survey shows it (None: not at all); `other` the branch that it is compared with; `lam` another
    lambda for the recorded run itself.
    """

    name: str
    title: str
    fit: Callable[[Survey], float | None]
    other: Callable[[Survey], Choice]
    holds: Callable[[End, End], bool]
    """Whether (the run as recorded, the other branch) end as the story says."""
    pair: tuple[str, str]
    """What its card says under the two pictures, the worse one first."""
    lam: float | None = None


def _count(s: Survey) -> float | None:
    raw = s.alone[0]
    if s.tag not in ("counting", "two_counts") or raw.correct or not s.search.correct or s.root(s.search.name) == 0:
        return None
    return s.search.reward - raw.reward


def _cluster(s: Survey) -> float | None:
    scale = saved_at(s)
    if not s.search.correct or scale is None:
        return None
    others = [s.alone[s.root(name)] for name in s.by_reward(scale)]
    rest = max(end.reward for end in others)
    return s.search.reward - rest + sum(not end.correct for end in others) if s.search.reward > rest else None


def saved_at(s: Survey) -> int | None:
    """The clustering that kept the winner where reward alone would have dropped it, the later one first."""
    winner = f"c{s.root(s.search.name)}"
    scales = (LAST_CLUSTER, EARLY)
    return next((k for k in scales if winner in s.kept[k] and winner not in s.by_reward(k)), None)


def _kept_by_reward(s: Survey) -> Choice:
    scale = saved_at(s)
    assert scale is not None
    return Choice(scale, s.by_reward(scale), "kept by reward")


def _misled(s: Survey) -> float | None:
    leader = s.alone[s.root(s.best_at(EARLY))]
    if not s.search.correct or leader.correct:
        return None
    gap = s.search.reward - leader.reward
    return gap if gap > 0.02 else None


def _trust(s: Survey) -> float | None:
    leader = s.alone[s.root(s.best_at(FIRST_DRAW))]
    gap = s.search.reward - leader.reward
    if not s.search.correct or gap <= 0.02 or len(set(s.kept[FIRST_DRAW])) < 2:
        return None
    return gap + (not leader.correct)


def _override(s: Survey) -> float | None:
    better = _better(s)
    return None if s.search.correct or better is None else s.alone[better].reward - s.search.reward


def _better(s: Survey) -> int | None:
    """The best picture among those whom the search dropped at its last clustering."""
    dropped = [s.root(name) for name in s.alive[LAST_CLUSTER] if name not in s.kept[LAST_CLUSTER]]
    good = [i for i in dropped if s.alone[i].correct and s.alone[i].reward > s.search.reward]
    return max(good, key=lambda i: s.alone[i].reward, default=None)


def _failure(s: Survey) -> float | None:
    if s.search.correct or any(end.correct for end in s.alone):
        return None
    return s.search.reward - float(np.mean([end.reward for end in s.alone]))


def _by_hand(s: Survey) -> Choice:
    return Choice(LAST_CLUSTER, (f"c{_better(s)}",), f"my choice: c{_better(s)}")


STORIES: tuple[Story, ...] = (
    Story("count", "A count that the search gets right", _count, lambda s: Choice(0, ("c0",), "raw: c0 alone"),
          lambda run, other: run.correct and not other.correct, ("drawn once", "the search")),
    Story("cluster", "A cluster that saved the winner", _cluster,
          _kept_by_reward,
          lambda run, other: run.correct and other.reward < run.reward, ("kept by reward", "the search")),
    Story("misled", "An early reward that misled", _misled,
          lambda s: Choice(EARLY, (s.best_at(EARLY),), f"the early leader {s.best_at(EARLY)}"),
          lambda run, other: run.correct and not other.correct, ("the early leader", "the search")),
    Story("lambda", "Trust in the judge, too much of it", _trust,
          lambda s: Choice(FIRST_DRAW, s.kept[FIRST_DRAW], "drawn with \u03bb = 10"),
          lambda run, other: other.correct and run.reward < other.reward, ("\u03bb = 1000", "\u03bb = 10"), lam=1000.0),
    Story("override", "An override that beat the algorithm", _override, _by_hand,
          lambda run, other: other.correct and other.reward > run.reward and not run.correct,
          ("the search", "by hand")),
    Story("failure", "A failure", _failure,
          lambda s: Choice(0, ("c0",), "raw: c0 alone"), lambda run, other: not run.correct and not other.correct,
          ("drawn once", "the search")),
)  # fmt: skip
