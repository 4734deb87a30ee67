"""What a run takes: measured so far, by the formulas over all its scales, and against the same N without a search."""

from __future__ import annotations

import itertools
from dataclasses import replace

from ttsvar.config import SEARCHES
from ttsvar.types import Run, StepCost
from ui.components.cost import Bill, Curve, Price
from ui.sessions import Session


def costs(session: Session, node_id: str) -> tuple[StepCost, StepCost, StepCost]:
    """Search so far, looking so far, and this scale's search."""
    search, looking, last = StepCost(), StepCost(), StepCost()
    for node in session.history.path(node_id):
        if node.result is None:
            continue
        last = node.result.cost
        search, looking = search + last, looking + session.look_cost(node.state.id)
    return search, looking, last


def bill(session: Session, node_id: str) -> Bill:
    """The figures of the cost panel at a node of a run."""
    search, looking, _ = costs(session, node_id)
    run, node = session.run, session.history.node(node_id)
    alive = alive_per_scale(session, node_id)
    fixed = [run.search.n] * len(run.schedule)
    raw, best = (_as(run, name) for name in ("raw", "best-of-n"))
    work = (
        Curve("this run", "own", _work(session, run, alive)),
        Curve(f"fixed batch of {run.search.n}", "fixed", _work(session, raw, fixed)),
        Curve(f"best of {run.search.n}", "best", _work(session, best, fixed)),
    )
    held = (Curve("this run", "own", _held(run, alive)), Curve("fixed", "fixed", _held(run, fixed)))
    now = min(node.state.scale, len(run.schedule) - 1)
    ahead = node.state.scale + 1
    price = None if node.state.done or ahead >= len(run.schedule) else _price(session, search, ahead, alive[ahead])
    return Bill(search, looking, work, held, now, price)


def alive_per_scale(session: Session, node_id: str) -> list[int]:
    """How many candidates each scale is drawn with: as it was up to a node, as planned beyond it."""
    run, node = session.run, session.history.node(node_id)
    sizes = [len(n.state) for n in session.history.path(node_id) if not n.state.done]
    alive = len(node.result.proposal.parents) if node.result is not None else sizes[-1]
    child = session.last_child.get(node_id)
    if child is not None:
        alive = len(session.history.node(child).state)
    for scale in range(len(sizes), len(run.schedule)):
        sizes.append(alive)
        alive = min(run.batch[scale], alive) if run.search.decision(scale) else alive
    return sizes


def _as(run: Run, name: str) -> Run:
    """The run's recipe under a named search of the same N."""
    search = replace(run.search, strategy=SEARCHES[name].strategy)
    return replace(run, search=search, batch=(run.search.n,) * len(run.schedule))


def _work(session: Session, run: Run, alive: list[int]) -> tuple[float, ...]:
    steps = (sum(session.engine.price(run, scale, count).values()) for scale, count in enumerate(alive))
    return tuple(itertools.accumulate(steps))


def _held(run: Run, alive: list[int]) -> tuple[float, ...]:
    """Tokens in the cache while a scale is drawn, of all candidates."""
    tokens = itertools.accumulate(run.schedule.tokens(k) for k in range(len(run.schedule)))
    return tuple(float(count * held) for count, held in zip(alive, tokens, strict=True))


def _price(session: Session, search: StepCost, scale: int, candidates: int) -> Price:
    work = session.engine.price(session.run, scale, candidates)
    seconds = 0.0
    for name, flops in work.items():
        part = search.parts.get(name)
        if part is None or not part.flops or not part.seconds:
            continue
        seconds += flops / (part.flops / part.seconds)
    return Price(scale, candidates, sum(work.values()), seconds or None)
