"""Drawn once: the picture that the model gives with a run's seed and prompt when nothing is chosen on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ttsvar.config import SearchConfig
from ttsvar.evaluation.rules.shortfall import Shortfall
from ttsvar.types import Run

from ..session.session import Session
from ..session.shown import BASELINE, SURVIVORS
from ..session.walk import best_row
from .frame import array, survivors
from .pictures import picture_uri
from .verdicts import judged, verdict_of

ALONE = {"strategy": "raw", "n": 1, "batch": None, "cluster_scales": None, "resample_scales": None}
"""What a search's settings become where one candidate is drawn to its end."""
EQUAL = 0.005
"""Rewards that differ by less are shown with the same two decimals."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """One picture without a search."""

    name: str
    image: str
    reward: float
    satisfied: bool | None
    """Whether it satisfies the prompt; None where nothing measures that."""
    reasons: tuple[Shortfall, ...]


def alone(run: Run) -> SearchConfig:
    """The settings of a run for one candidate and no choice: the draw is the same, and so is the reward."""
    return SearchConfig(**{**run.search.values(), **ALONE})


def baseline_of(session: Session) -> Baseline:
    """The first candidate of a run drawn to its end, kept with the run; it is drawn where that was never done.

    Draws are keyed by seed, candidate and scale, so it is the picture that this candidate would have become. Where a
    branch of the run went on with it alone, it is that branch's.
    """
    kept = session.shown(_place(session), BASELINE, lambda: _of_branch(session) or _drawn(session))
    return Baseline(**{**kept, "reasons": tuple(Shortfall.from_json(reason) for reason in kept["reasons"])})


def known_baseline(session: Session) -> Baseline | None:
    """The same where nothing needs to be drawn for it, None otherwise."""
    return baseline_of(session) if session.was_shown(_place(session), BASELINE) or _branch(session) else None


def ending(session: Session, end: str) -> tuple[str, float]:
    """Name and reward of the picture that a finished branch ends with."""
    best = best_row(session, end)
    scores = array(session.finished(end, pictures=False).scores)
    return session.history.node(end).state.candidate_ids[best], float(scores[best])


def helped(session: Session, end: str, once: Baseline) -> str:
    """Whether the search of a finished branch did better than one draw, in a sentence."""
    name, reward = ending(session, end)
    return answer(once, reward, verdict_of(session, end)[0], same=name == once.name)


def answer(once: Baseline, reward: float, satisfied: bool | None, *, same: bool) -> str:
    """Whether a search did better than one draw: by whether the picture is right, where that is known, then by reward.

    `same` where the search ended with the picture of the one draw.
    """
    if same:
        return "No: it ends with the picture that one draw gives."
    if satisfied is not None and once.satisfied is not None:
        if satisfied != once.satisfied:
            return "Yes: drawn once, it is wrong." if satisfied else "No: drawn once, it is right."
        if not satisfied:
            return "No: both pictures are wrong."
    gain = reward - once.reward
    both = "Both pictures are right; " if satisfied else ""
    if abs(gain) < EQUAL:
        return f"{both}{'t' if both else 'T'}he rewards are equal."
    told = f"the reward is {abs(gain):.2f} {'higher' if gain > 0 else 'lower'} than that of one draw."
    return both + told if both else told[0].upper() + told[1:]


def _place(session: Session) -> str:
    return session.history.root.state.id


def _branch(session: Session) -> str | None:
    """The end of a branch that went on with the first candidate alone from scale 0 on."""
    alone = ((0,),) * len(session.run.schedule)
    return next((node.state.id for node in session.history if node.state.done and node.state.choices == alone), None)


def _of_branch(session: Session) -> dict[str, Any] | None:
    end = _branch(session)
    if end is None:
        return None
    (name, reward), (satisfied, reasons) = ending(session, end), verdict_of(session, end)
    return {
        "name": name, "image": session.shown(end, SURVIVORS, lambda: survivors(session, end))[0], "reward": reward,
        "satisfied": satisfied, "reasons": [reason.to_json() for reason in reasons],
    }  # fmt: skip


def _drawn(session: Session) -> dict[str, Any]:
    engine, run = session.engine, session.run
    state = engine.begin(run.prompt, search=alone(run), seed=run.seed)
    while True:
        result = engine.step(state)
        if result.grown.done:
            break
        state = engine.commit(result)
    seen, _ = engine.observe(result.grown, features=False)
    pixels = array(seen.images)[0]
    satisfied, reasons = judged(session, seen.images[0])
    return {
        "name": result.grown.candidate_ids[0], "image": picture_uri(pixels, 256),
        "reward": float(array(seen.scores)[0]), "satisfied": satisfied, "reasons": reasons,
    }  # fmt: skip
