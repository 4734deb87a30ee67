"""One question: eight blurs at scale 2, how each of them ends, and whom the search and the reward would take."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import date
from statistics import fmean, median
from typing import Any

import numpy as np

from ttsvar.config import SearchConfig
from ttsvar.search.reasons import cluster_letter

from ...scene.frame import LAYOUT_SCALE, array, cluster_labels, pictures
from ...scene.marks import mark_color
from ...session.session import Session
from ...session.store import SessionStore
from ...session.walk import winners
from ...setup.fields import read_prompt, read_seed

CANDIDATES = 8
BEST, GOOD = 2, 1
"""Points of the best of the eight, and of another good one."""
MOST_KEPT = 32
"""Questions that are kept in memory."""
FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """A question with its answer; every tuple has an entry for each candidate."""

    prompt: str
    seed: int
    blurs: tuple[str, ...]
    ends: tuple[str, ...]
    """Pictures as data URIs."""
    rewards: tuple[float, ...]
    correct: tuple[bool | None, ...]
    """Whether the finished picture is right; None where nothing measures it."""
    points: tuple[int, ...]
    kinds: tuple[str, ...]
    """Letters of the clusters at scale 2."""
    colors: tuple[str, ...]
    method: int
    """Where the picture that the whole search ends with began."""
    favourite: int
    """Who has the highest reward at scale 2."""
    run: str
    """The run of the whole search, to open in the app."""

    @property
    def question(self) -> dict[str, Any]:
        """What is shown before somebody has chosen."""
        return {"prompt": self.prompt, "seed": self.seed, "blurs": self.blurs}

    @property
    def answer(self) -> dict[str, Any]:
        """All of it, with the points of method, reward and chance."""
        return {
            **asdict(self),
            "method_points": self.points[self.method],
            "favourite_points": self.points[self.favourite],
            "chance_points": round(fmean(self.points), 2),
        }


def points_of(rewards: tuple[float, ...], correct: tuple[bool | None, ...]) -> tuple[int, ...]:
    """BEST for the highest reward among the right ones, GOOD for every other right one.

    Where nothing says what is right, those above the median reward count as good.
    """
    middle = median(rewards)
    good = [reward > middle if right is None else right for reward, right in zip(rewards, correct, strict=True)]
    best = max(range(len(rewards)), key=lambda i: (good[i], rewards[i]))
    return tuple(BEST if i == best and good[i] else GOOD if good[i] else 0 for i in range(len(rewards)))


class Puzzles:
    """Makes questions with an engine, one at a time, and keeps the last of them."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store
        self._kept: OrderedDict[tuple[str, int], Puzzle] = OrderedDict()
        self._making = threading.Lock()

    def of_day(self, day: date, turn: int = 0) -> tuple[str, int]:
        """Prompt and seed of a day, and of further turns on it, from the date alone."""
        number = (day - FIRST_DAY).days
        examples = self.store.engine.prompts.examples
        return examples[(number + turn) % len(examples)], 1000 + 17 * number + turn

    def get(self, prompt: str, seed: int) -> Puzzle:
        """The question of a prompt and a seed; raises the errors of a bad prompt or seed."""
        prompt, seed = read_prompt(prompt), read_seed(seed)
        with self._making:
            found = self._kept.pop((prompt, seed), None) or self._make(prompt, seed)
            self._kept[prompt, seed] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def _make(self, prompt: str, seed: int) -> Puzzle:
        every = self._drawn(prompt, seed, SearchConfig(strategy="best-of-n", n=CANDIDATES))
        search = self._drawn(prompt, seed, SearchConfig())
        began, ended = _at(every, LAYOUT_SCALE), every.history.current.state
        images = array(every.finished(ended.id).images)
        rewards = tuple(round(float(r), 3) for r in array(every.finished(ended.id, pictures=False).scores))
        correct = tuple(_right(every, prompt, image) for image in every.finished(ended.id).images)  # type: ignore[union-attr]
        early = _at(search, LAYOUT_SCALE)
        labels = [0 if label is None else label[0] for label in cluster_labels(search, early)]
        last = every.history.parent(ended.id)
        assert last is not None
        assert len(images) == CANDIDATES
        return Puzzle(
            prompt=prompt,
            seed=seed,
            blurs=tuple(pictures(every, every.history.node(began))[0]),
            ends=tuple(pictures(every, last)[0]),
            rewards=rewards,
            correct=correct,
            points=points_of(rewards, correct),
            kinds=tuple(cluster_letter(label) for label in labels),
            colors=tuple(mark_color(label) for label in labels),
            method=winners(search, search.current)[early],
            favourite=int(np.argmax(array(search.look(early, pictures=False).scores))),
            run=search.id,
        )

    def _drawn(self, prompt: str, seed: int, config: SearchConfig) -> Session:
        session = self.store.create(prompt, config, seed)
        session.open(session.current)
        while not session.history.current.state.done:
            session.open(session.commit(session.current))
        return session


def _at(session: Session, scale: int) -> str:
    return next(n.state.id for n in session.history.path() if n.state.scale == scale)


def _right(session: Session, prompt: str, image: Any) -> bool | None:
    verdict = None if session.evaluator is None else session.evaluator.verdict(prompt, image)
    return None if verdict is None else bool(verdict.correct)
