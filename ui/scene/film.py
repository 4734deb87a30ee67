"""A branch of a run as a film: every scale's candidates with their places and what was decided, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..session.session import Session
from ..session.walk import chosen, walk, winners
from ..shell.text import signed
from . import sentences
from .baseline import helped, known_baseline
from .frame import Card, Frame, build_frame
from .strip import Cell


@dataclass(frozen=True, kw_only=True)
class Hero:
    """A recorded search as a film."""

    name: str
    """The recorded run to go on with; empty where it is another model's than the one that is loaded."""
    model: str
    """What drew it."""
    prompt: str
    film: dict[str, Any]
    cells: tuple[Cell, ...]


def film_of(session: Session, state_id: str) -> dict[str, Any]:
    """The branch through a state from scale 0 to as far as it was drawn; nothing is drawn for it.

    `frames` has one entry a scale: heading, sentence, decision, and the candidates, each with its place, the row that
    it comes from one scale earlier, and how many copies of it went on.
    """
    ids, won = walk(session, state_id), winners(session, state_id)
    frames = [_frame(session, at, won.get(at) if at == ids[-1] else None) for at in ids]
    return {
        "run": session.id, "prompt": session.run.prompt, "scales": len(session.run.schedule), "frames": frames,
        "once": _once(session, state_id) if won else None,
    }  # fmt: skip


def _once(session: Session, state_id: str) -> dict[str, Any] | None:
    """What one draw gives beside the ending of a branch; None where that was not drawn yet."""
    once, end = known_baseline(session), (session.ahead(state_id) or [state_id])[-1]
    if once is None:
        return None
    return {"name": once.name, "image": once.image, "reward": once.reward, "told": helped(session, end, once)}


def _frame(session: Session, state_id: str, winner: int | None) -> dict[str, Any]:
    frame = build_frame(session, state_id)
    state = session.history.node(state_id).state
    parents = state.choices[-1] if state.choices else (-1,) * len(state)
    goes_on = chosen(session, state_id)
    cards = [_card(card, parents[i], goes_on.count(i), i == winner) for i, card in enumerate(frame.cards)]
    return {
        "at": state_id,
        "scale": frame.scale,
        "grid": "\u00d7".join(str(side) for side in session.run.schedule.sizes[frame.scale]),
        "decision": frame.decision or "",
        "title": sentences.title(frame),
        "told": _told(frame, winner),
        "room": frame.room,
        "cards": cards,
    }


def _told(frame: Frame, winner: int | None) -> str:
    """The scale's sentence; where nothing is decided, who leads, and at the end who is the picture."""
    if winner is not None and not frame.decision:
        best = frame.cards[winner]
        return f"{best.name} is the picture of this search, with reward {signed(best.reward)}."
    return sentences.sentence(frame, "") if frame.decision else sentences.standing(frame)


def _card(card: Card, parent: int, count: int, winner: bool) -> dict[str, Any]:
    return {
        "name": card.name,
        "image": card.image,
        "place": card.place,
        "color": card.color,
        "parent": parent,
        "count": count,
        "letter": card.letter,
        "p": round(card.probability, 4),
        "reward": round(card.reward, 4),
        "winner": winner,
    }
