"""One candidate's history: how it looked at every scale, for the large view."""

from __future__ import annotations

from typing import Any

from ...scene.frame import array, pictures
from ...session.session import Session
from ...shell.pictures import PICTURES


def history_of(session: Session, state_id: str, index: int) -> list[dict[str, Any]]:
    """Scale, name, picture, feature map and reward of a candidate and its ancestors, coarse to fine.

    `index` counts the candidates that the state's step grew; raises IndexError where there are fewer.
    """
    node = session.history.node(state_id)
    found = []
    while True:
        if node.result is not None:
            images, _, maps = pictures(session, node)
            scores = array(session.look(node.state.id, pictures=False).scores)
            name = node.result.grown.candidate_ids[index]
            found.append(
                {
                    "scale": node.state.scale, "name": name,
                    "image": PICTURES.address(images[index]), "map": PICTURES.address(maps[index]),
                    "reward": round(float(scores[index]), 4), "decision": node.result.decision or "",
                }
            )  # fmt: skip
        above = session.history.parent(node.state.id)
        if above is None:
            return found[::-1]
        index = node.state.choices[-1][index]
        node = above
