"""Ours: the worst survivors go back to the scale where their reward fell; where nobody is right, to the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ttsvar.arrays import floats
from ttsvar.arrays import rows as listed
from ttsvar.config import NamedSearch
from ttsvar.search.beam import Beam
from ttsvar.strategy import register
from ttsvar.turns import Account, Turn
from ttsvar.types import Candidates, SearchState, Selection


@register
@dataclass(frozen=True)
class Rewind(Beam):
    """A beam that, while some are below the threshold, draws the worse half anew and lets the others stay.

    They go back to behind the scored scale before their reward fell most, as what came before it was better.
    """

    name: str = "rewind"
    title: str = "Rewind (ours)"
    line: str = "A beam whose worse half goes back to where its reward fell, and is drawn anew from there."
    summary: str = (
        "A beam that may go back: those that do not reach the threshold are drawn anew from the scale where their "
        "reward fell, and all but the best one from the start where nobody reaches it. A budget bounds it."
    )
    color: str = "#7F7F7F"
    place: int = 96
    goes_back: bool = True
    settings: Mapping[str, Any] = field(
        default_factory=lambda: {"width": 1, "children": 4, "score_scales": (4,)}, hash=False
    )
    variants: tuple[NamedSearch, ...] = ()

    def go_back(self, grown: SearchState, seen: Candidates, selection: Selection, account: Account) -> Turn | None:
        """The worse half below the threshold, from where the worst one's reward fell; or all but the best, anew."""
        if seen.scores is None:
            return None
        scores = [value if value == value else float("-inf") for value in floats(seen.scores)]
        worst_first = sorted(range(len(scores)), key=lambda row: (scores[row], -row))
        enough = grown.run.search.threshold_at(grown.scale - 1)
        below = [row for row in worst_first if scores[row] < enough]
        if len(below) == len(scores):
            again, first = below[:-1], 0
        else:
            again = below[: len(scores) // 2]
            first = fell_at(listed(grown.score_history[again[:1]])[0]) if again else 0
        scales, keep = len(grown.run.schedule), len(selection.parents)
        if not again or not account.affords(first, grown.scale, len(scores), keep, scales):
            return None
        stay = tuple(row for row in range(len(scores)) if row not in again)
        return Turn(grown.scale, first, tuple(range(len(scores))), whole=stay)


def fell_at(history: Sequence[float]) -> int:
    """The scale to draw again from, of a history by scale with NaN where nothing was scored: after the best before the
    greatest fall; half way where there are not two scores, or none fell.
    """
    scored = [(scale, score) for scale, score in enumerate(history) if score == score]
    falls = [(before - after, scale + 1) for (scale, before), (_, after) in pairwise(scored)]
    fall, first = max(falls, default=(0.0, 0), key=lambda entry: entry[0])
    return first if fall > 0 else len(history) // 2
