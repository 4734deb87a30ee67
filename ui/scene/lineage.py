"""A run's tree as it is drawn: a column of candidates for each scale of a branch, and the list of its branches."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.engine.history import Node

from ..session.branches import Line, lines
from ..session.session import Session
from ..session.walk import best_row, chosen, forks, walk, winners
from ..shell.text import signed
from .frame import array, cluster_labels, pictures
from .marks import lineage_color
from .others import ending_at
from .seats import seating


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A candidate at a scale; `parent` is its row one scale earlier, `born` says that its name is new here."""

    name: str
    thumb: str
    label: int | None
    parent: int | None
    alive: bool
    winner: bool
    reward: float
    born: bool = False
    color: str = ""
    """Of its lineage."""
    ending: str = ""
    """How it would have ended, where it was dropped and drawn to its end all the same."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """All candidates of one scale of the branch; `forks` are the names of branches that part at its decision."""

    scale: int
    target: str
    dots: tuple[Dot, ...]
    ahead: bool = False
    forks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One branch as it is listed; `parted` is the scale whose decision it begins with."""

    start: str
    target: str
    title: str
    note: str
    here: bool
    thumb: str
    parted: int | None
    reached: int


def columns(session: Session, state_id: str) -> tuple[Column, ...]:
    """One column per grown scale of the branch."""
    ids = walk(session, state_id)
    now = session.history.node(state_id).state.scale
    won, parting = winners(session, state_id), forks(session, state_id)
    nodes = [session.history.node(i) for i in ids]
    return tuple(
        Column(
            scale=node.state.scale,
            target=node.state.id,
            dots=_dots(session, node, won.get(node.state.id)),
            ahead=node.state.scale > now,
            forks=parting.get(node.state.id, ()),
        )
        for node in nodes
    )


def _dots(session: Session, node: Node, winner: int | None) -> tuple[Dot, ...]:
    state_id = node.state.id
    thumbs = pictures(session, node)[1]
    labels = cluster_labels(session, state_id)
    scores = array(session.look(state_id, pictures=False).scores)
    alive = chosen(session, state_id)
    parents = node.state.choices[-1] if node.state.choices else None
    above = session.history.parent(state_id)
    before = above.state.candidate_ids if above is not None else ()
    rows = seating(node.state).lineages
    return tuple(
        Dot(
            name=name,
            thumb=thumbs[i],
            label=label[0] if (label := labels[i]) else None,
            parent=parents[i] if parents else None,
            alive=i in alive,
            winner=winner == i,
            reward=float(scores[i]),
            born=name not in before,
            color=lineage_color(rows[i]),
            ending=_ending(session, node, i) if i not in alive else "",
        )
        for i, name in enumerate(node.stepped.grown.candidate_ids)
    )


def _ending(session: Session, node: Node, row: int) -> str:
    """Reward and mark, as '+0.70' and a tick; empty where nobody drew it."""
    found = ending_at(session, node, row)
    if found is None:
        return ""
    verdict = {True: " \u2713", False: " \u2717", None: ""}[found.satisfied]
    return f"{signed(found.reward)}{verdict}"


def branches(session: Session, state_id: str) -> list[Branch]:
    """All branches of the run, the one that is shown marked; none while there is only one."""
    here = {*session.ahead(state_id), state_id}
    found = lines(session.history)
    return [_branch(session, line, line.end in here) for line in found] if len(found) > 1 else []


def _branch(session: Session, line: Line, here: bool) -> Branch:
    state = session.history.node(line.end).state
    name, thumb, reward = leader(session, line.end)
    return Branch(
        start=line.start,
        target=line.end,
        title=line.name,
        note=f"{name} {signed(reward)}" if state.done else f"at scale {state.scale}",
        here=here,
        thumb=thumb,
        parted=line.parted,
        reached=state.scale,
    )


def leader(session: Session, state_id: str) -> tuple[str, str, float]:
    """Name, thumbnail and reward of the candidate that leads at a state: the winner where it is finished."""
    node = session.history.node(state_id)
    above = session.history.parent(state_id)
    grown = node if node.result is not None or above is None else above
    scores = array(session.look(grown.state.id, pictures=False).scores)
    row = node.state.choices[-1][best_row(session, state_id)] if node.state.done else int(scores.argmax())
    return grown.stepped.grown.candidate_ids[row], pictures(session, grown)[1][row], float(scores[row])
