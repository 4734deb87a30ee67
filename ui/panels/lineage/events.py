"""What the lineage asks of the server: one candidate with its story, and another name for a branch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ttsvar.engine.history import Node
from ttsvar.errors import TTSVarError

from ...scene.frame import Card, build_frame, pictures
from ...session import branches
from ...session.session import Session
from ...session.store import SessionStore
from ...shell.events import CandidateEvent, NameEvent
from ...shell.text import listed, signed
from ..panel import Question, Services

GONE = "This run is no longer kept on this server."


def questions(services: Services) -> list[Question]:
    """What the lineage's script asks; each is answered with plain values or with `error`."""
    lineage = Lineage(services.store)
    return [
        Question("peek", CandidateEvent.read, lineage.peek),
        Question("rename", NameEvent.read, lineage.rename),
    ]


class Lineage:
    """What the lineage answers."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store

    def peek(self, event: CandidateEvent) -> dict[str, Any]:
        """Picture, map, facts and ancestors of one candidate of a grown scale."""
        session = self.store.get(event.run)
        if session is None:
            return {"error": GONE}
        at, row = event.at, event.row
        if at not in session.history or session.history.node(at).result is None:
            return {"error": "This scale is not part of the run any more; reload the page."}
        frame = build_frame(session, at)
        if row is None or not 0 <= row < len(frame.cards):
            return {"error": "This candidate is not part of the run any more; reload the page."}
        card = frame.cards[row]
        node = session.history.node(at)
        return {
            "name": card.name, "scale": frame.scale, "row": row, "alive": len(frame.cards), "at": at,
            "image": card.image, "map": card.map, "text": _facts(card, _heirs(session, node, row)),
            "story": _story(session, node, row),
        }  # fmt: skip

    def rename(self, event: NameEvent) -> dict[str, Any]:
        """Give a branch a name; answers with the name that was kept."""
        session = self.store.get(event.run)
        if session is None:
            return {"error": GONE}
        try:
            return {"name": branches.rename(session, event.start, event.name[:400])}
        except TTSVarError as error:
            return {"error": str(error)}


def _facts(card: Card, heirs: list[str] | None) -> str:
    cluster = f"cluster {card.letter}, " if card.letter else ""
    fate = "" if heirs is None else f" It goes on as {listed(heirs)}." if heirs else " It ends here."
    origin = "One of the first" if card.origin == "from start" else f"A copy {card.origin}"
    return f"{origin}, {cluster}reward {signed(card.reward)}.{fate}"


def _heirs(session: Session, node: Node, row: int) -> list[str] | None:
    """Names under which a candidate goes on along the branch last walked; None where nothing was chosen yet."""
    child = session.last_child.get(node.state.id)
    if child is None:
        return None
    state = session.history.node(child).state
    return [name for name, parent in zip(state.candidate_ids, state.choices[-1], strict=True) if parent == row]


def _story(session: Session, node: Node, row: int) -> list[dict[str, Any]]:
    """The candidate and its ancestors, oldest first."""
    story = []
    here: Node | None = node
    while here is not None and here.result is not None:
        score = np.asarray(session.look(here.state.id, pictures=False).scores)[row]
        story.append({"scale": here.state.scale, "image": pictures(session, here)[1][row], "reward": signed(score)})
        above = session.history.parent(here.state.id)
        row = here.state.choices[-1][row] if above is not None else row
        here = above
    return story[::-1]
