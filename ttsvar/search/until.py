"""New starts until the reward is content, after Verifier-Threshold (arXiv 2512.08985): the best so far stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttsvar.arrays import floats
from ttsvar.config import NamedSearch
from ttsvar.search.early_pick import EarlyPick
from ttsvar.strategy import register
from ttsvar.turns import Account, Turn
from ttsvar.types import Candidates, SearchState, Selection


@register
@dataclass(frozen=True)
class Until(EarlyPick):
    """An early pick of a few, which goes back to new starts while nobody's reward reaches the threshold.

    In the paper whole pictures are drawn until one passes; here the look is where the layout is settled, so that a
    start that fails is not drawn to the end. What is not there in the paper: the best so far is drawn along.
    """

    name: str = "until"
    title: str = "Until it is good"
    line: str = "Looks once at a few starts, and begins anew until one has the reward that is asked for."
    summary: str = (
        "Draws a few candidates as far as the first scale at which the reward can tell how they will end. While nobody "
        "reaches the threshold, and the budget lasts, it keeps the best one and draws the others from the start again."
    )
    color: str = "#17BECF"
    place: int = 95
    goes_back: bool = True
    settings: Mapping[str, Any] = field(default_factory=lambda: {"width": 1, "children": 4}, hash=False)
    variants: tuple[NamedSearch, ...] = ()

    def go_back(self, grown: SearchState, seen: Candidates, selection: Selection, account: Account) -> Turn | None:
        """The best stays, and all the others start anew."""
        search, scale = grown.run.search, grown.scale - 1
        if seen.scores is None:
            return None
        scores = [value if value == value else float("-inf") for value in floats(seen.scores)]
        best = max(range(len(scores)), key=lambda row: (scores[row], -row))
        keep = len(selection.parents)
        content = scores[best] >= search.threshold_at(scale)
        if content or not account.affords(0, grown.scale, len(scores), keep, len(grown.run.schedule)):
            return None
        return Turn(grown.scale, 0, tuple(range(len(scores))), whole=(best,))
