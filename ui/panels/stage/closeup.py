"""One candidate for the large view: how it looked at every scale, and where it answers to its prompt."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...scene.frame import array, pictures
from ...scene.pictures import map_uri
from ...session.session import Session
from ...shell.pictures import PICTURES

ANSWERS, ELSEWHERE, NEITHER = np.array([230, 97, 1.0]), np.array([38, 112, 196.0]), np.array([246, 246, 246.0])
"""Colours of what is likelier for the prompt, of what is likelier without one, and of neither."""
STRONGEST = 0.98
"""The share of all cells that are within the whole of a colour."""
HEAT_SIDE = 384


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


def knowledge_of(session: Session, state_id: str, index: int) -> dict[str, str]:
    """A heat map of where a candidate of a grown scale answers to its prompt, and what it says in a sentence."""
    known, _ = session.engine.knowledge(session.history.node(state_id).stepped.grown, index)
    told = (
        "Orange answers to the prompt: what was drawn there is likelier for it than for no prompt. Blue is likelier "
        f"without it. In all log p(picture | prompt) - log p(picture | nothing) is {known.total:+.0f}."
    )
    return {"map": PICTURES.address(map_uri(heat_colors(array(known.heat())), HEAT_SIDE)), "told": told}


def heat_colors(heat: np.ndarray) -> np.ndarray:
    """Numbers [h, w] as colours uint8 [h, w, 3] on both sides of 0, which is nearly white."""
    strongest = max(float(np.quantile(np.abs(heat), STRONGEST)), 1e-9)
    share = np.clip(np.abs(heat) / strongest, 0, 1)[..., None]
    ends = np.where(heat[..., None] > 0, ANSWERS, ELSEWHERE)
    return (NEITHER + share * (ends - NEITHER)).round().astype(np.uint8)
