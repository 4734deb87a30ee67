"""What a run takes: measured so far, by the formulas over all its scales, and against the same N without a search."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from ttsvar.config import SEARCHES
from ttsvar.types import Component, ComponentCost, Run, StepCost

from ...session.session import Session
from .view import Breakdown, Curve, Price

NOTHING = ComponentCost()


@dataclass(frozen=True)
class Costs:
    """What a run took so far."""

    search: StepCost
    """FLOPs by the formulas, so that they are those of the search whoever has drawn it before; seconds as measured."""
    looking: StepCost
    """What the page looked at beyond that, as measured."""
    last: StepCost
    """The search's part of the scale that was grown last."""
    measured: StepCost
    """What was computed for the search in this run itself; less where an earlier run had the same pictures."""

    @property
    def reused(self) -> bool:
        """Whether some of the search's work was there already, and took no time here."""
        return self.measured.flops < 0.999 * self.search.flops


def costs(session: Session, node_id: str) -> Costs:
    """The cost up to a node, its scale included where it was grown."""
    search, looking, last, measured = StepCost(), StepCost(), StepCost(), StepCost()
    model = session.engine.cost(session.run)
    for node in session.history.path(node_id):
        if node.result is None:
            continue
        took, looked = node.result.cost, session.look_cost(node.state.id)
        needed: dict[Component, float] = model.step(node.state.scale, len(node.result.grown))
        # The page decodes the pictures of the last scale where the search itself only ends there.
        lent: dict[Component, ComponentCost] = {
            name: part for name, part in looked.parts.items() if name in needed and name not in took.parts
        }
        took = took + StepCost(lent)
        parts: dict[Component, ComponentCost] = dict(took.parts)
        for name, work in needed.items():
            parts[name] = replace(parts.get(name, NOTHING), flops=work)
        last = StepCost(parts)
        search, measured = search + last, measured + took
        beyond: dict[Component, ComponentCost] = {n: part for n, part in looked.parts.items() if n not in lent}
        looking += StepCost(beyond)
    return Costs(search=search, looking=looking, last=last, measured=measured)


def breakdown(session: Session, node_id: str) -> Breakdown:
    """The figures of the cost panel at a node of a run."""
    cost = costs(session, node_id)
    run, node = session.run, session.history.node(node_id)
    n, alive = run.search.n, alive_per_scale(session, node_id)
    fixed = [n] * len(run.schedule)
    raw, best = (_work(session, _as(run, name), fixed) for name in ("raw", "best-of-n"))
    plain = (Curve(f"fixed batch of {n}", "fixed", raw), Curve(f"best of {n}", "best", best))
    own = Curve("this run", "own", _work(session, run, alive))
    work = _against(own, *((Curve("raw", "fixed", raw),) if n == 1 else plain))
    held = _against(Curve("this run", "own", _held(run, alive)), Curve("fixed", "fixed", _held(run, fixed)))
    now = min(node.state.scale, len(run.schedule) - 1)
    ahead = node.state.scale + 1
    over = node.state.done or ahead >= len(run.schedule)
    price = None if over else _price(session, cost.measured, ahead, alive[ahead])
    shares = {name: part.flops / cost.search.flops for name, part in cost.search.parts.items() if part.flops}
    return Breakdown(
        search=cost.search,
        looking=cost.looking,
        work=work,
        held=held,
        now=now,
        price=price,
        reused=cost.reused,
        most=max(shares.items(), key=lambda s: s[1]),
    )


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


def _against(own: Curve, *others: Curve) -> tuple[Curve, ...]:
    """A run's curve and those that differ from it."""
    return (own, *(other for other in others if other.values != own.values))


def _as(run: Run, name: str) -> Run:
    """The run's recipe under a named search of the same N."""
    search = replace(run.search, strategy=SEARCHES[name].strategy)
    return replace(run, search=search, batch=(run.search.n,) * len(run.schedule))


def _work(session: Session, run: Run, alive: list[int]) -> tuple[float, ...]:
    steps = session.engine.cost(run).steps(alive)
    return tuple(itertools.accumulate(sum(work.values()) for work in steps))


def _held(run: Run, alive: list[int]) -> tuple[float, ...]:
    """Tokens in the cache while a scale is drawn, of all candidates."""
    tokens = itertools.accumulate(run.schedule.tokens(k) for k in range(len(run.schedule)))
    return tuple(float(count * held) for count, held in zip(alive, tokens, strict=True))


def _price(session: Session, search: StepCost, scale: int, candidates: int) -> Price:
    work = session.engine.cost(session.run).step(scale, candidates)
    seconds = 0.0
    for name, flops in work.items():
        part = search.parts.get(name)
        if part is None or not part.flops or not part.seconds:
            continue
        seconds += flops / (part.flops / part.seconds)
    return Price(scale, candidates, sum(work.values()), seconds or None)
