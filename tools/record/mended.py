"""Recorded runs that end wrong and are mended by going back, each a row; all were found by drawing and are drawn anew.

Which prompt and seed show it depends on the weights: `record_mended` refuses a row that does not any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.record.captions import Tale
from tools.record.stories import End
from ttsvar.engine.history import Node
from ttsvar.engine.loop import Engine
from ttsvar.types import SearchState
from ui.shell.text import signed

SIDE = 8
"""Cells a side in which a part is marked, as on the page."""


@dataclass(frozen=True)
class Mend:
    """One run, and the way back that mends it."""

    name: str
    title: str
    prompt: str
    seed: int
    scale: int
    """The scale that was drawn when somebody goes back."""
    first: int
    """The scale from which is drawn anew."""
    turn: Callable[[Engine, Node, str], SearchState]
    """The state after the way back from a drawn scale, where the search ended with the candidate of this name."""
    branch: str
    """What the mended branch is called."""
    done: str
    """What was done, to stand in a sentence."""


def drawn_again(engine: Engine, node: Node, name: str) -> SearchState:
    """The scale that was just drawn, drawn anew for all."""
    return engine.again(node.stepped)


def brushed(rows: slice, columns: slice, first: int) -> Callable[[Engine, Node, str], SearchState]:
    """Four variants of the picture that the search ended with, whose marked cells are drawn anew from a scale on."""

    def turn(engine: Engine, node: Node, name: str) -> SearchState:
        grown, keep = node.stepped.grown, np.ones((SIDE, SIDE), dtype=bool)
        keep[rows, columns] = False
        return engine.redraw(grown, grown.candidate_ids.index(name), keep, from_scale=first, copies=4)

    return turn


def tell_mended(mend: Mend, run: End, mended: End) -> Tale:
    """The words of a run and the branch that mends it."""
    quoted = f"\u201c{mend.prompt}\u201d"
    return Tale(
        f"{quoted}: the search ends wrong. {mend.done[0].upper() + mend.done[1:]}, and it comes right.",
        f"{quoted}. The search ends with {run.name}, reward {signed(run.reward)}, which is not what was asked. Then "
        f"{mend.done}. The branch ends with {mended.name}, reward {signed(mended.reward)}, and a right picture.",
    )


MENDS = (
    Mend(
        "again", "A count mended by drawing again", "a photo of three black rings and a purple heart", 0, 2, 2,
        drawn_again, "drawn again", "none of the layouts is kept: scale 2 is drawn again for all",
    ),
    Mend(
        "brush", "A wrong part mended by a brush", "a photo of a star, a car, a house and a ball", 0, 12, 1,
        brushed(slice(4, 8), slice(0, 4), 1), "a quarter redrawn",
        "its lower left quarter alone is drawn anew from scale 1 on, in four variants",
    ),
)  # fmt: skip
"""Every run that ships."""
