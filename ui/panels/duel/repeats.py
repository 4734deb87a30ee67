"""A comparison again with other seeds: what is only luck of one draw goes up and down, what is not stays.

The choice and everything before it stay as they are; only what is drawn after it has another seed. Nothing of it enters
the run's tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ttsvar.evaluation.bench.statistics import Estimate, paired_difference
from ttsvar.types import Selection, Source

from ...scene.frame import array
from ...session.annotations import Duel, Repeat, Side
from ...session.session import Session

MORE = 4
"""Seeds that are drawn at a time."""
MOST = 32


def repeated(session: Session, duel: Duel, turn: int | None) -> Iterator[Duel]:
    """The comparison with one more seed, kept, until `MORE` were drawn or the person does something else."""
    session.admit_change()
    for _ in range(MORE):
        if session.turn != turn or len(duel.repeats) >= MOST:
            return
        seed = session.run.seed + 1 + len(duel.repeats)
        ways = [_way(session, duel, side, seed) for side in (duel.mine, duel.algorithm)]
        (mine, mine_satisfied), (algorithm, algorithm_satisfied) = ways
        one = Repeat(
            mine=mine, algorithm=algorithm, mine_satisfied=mine_satisfied, algorithm_satisfied=algorithm_satisfied
        )
        duel = replace(duel, repeats=(*duel.repeats, one))
        session.annotate(duel)
        yield duel


def gains(duel: Duel) -> list[float]:
    """Reward of my picture over the algorithm's with each seed, the run's own first; 0 where both miss the prompt."""
    own = Repeat(
        mine=duel.mine.reward,
        algorithm=duel.algorithm.reward,
        mine_satisfied=duel.mine.satisfied,
        algorithm_satisfied=duel.algorithm.satisfied,
    )
    return [one.gain for one in (own, *duel.repeats)]


def over_seeds(duel: Duel) -> Estimate | None:
    """The mean gain with its interval; None for a single seed, which has none."""
    found = gains(duel)
    if len(found) < 2:
        return None
    return paired_difference({"seeds": found}, {"seeds": [0.0] * len(found)}, shares=False)


def _way(session: Session, duel: Duel, side: Side, seed: int) -> tuple[float, bool | None]:
    """Reward and verdict of the picture that one way ends with, everything after the choice drawn with a seed."""
    engine, node = session.engine, session.history.node(duel.at)
    path = [n.state for n in session.history.path(side.end)]
    first = path[[state.id for state in path].index(duel.at) + 1]
    state = engine.commit(node.stepped, Selection(first.choices[-1], Source.USER, "compared with another seed"))
    state = replace(state, run=replace(state.run, seed=seed))
    while not state.done:
        state = engine.commit(engine.step(state))
    seen, best = engine.observe(state, features=False)[0], engine.best_index(state)
    if session.evaluator is None:
        return float(array(seen.scores)[best]), None
    verdict = session.evaluator.verdict(session.run.prompt, seen.images[best])
    return float(array(seen.scores)[best]), None if verdict is None else bool(verdict.correct)
