"""Raw sampling: what the model gives without a search."""

from __future__ import annotations

from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.search.rules import all_go_on
from ttsvar.strategy import Strategy, register
from ttsvar.types import Candidates, Proposal, SearchState


@register
@dataclass(frozen=True)
class Raw(Strategy):
    """Nothing is decided, and nothing is looked at."""

    name: str = "raw"
    title: str = "Raw, one picture"
    line: str = "One candidate, no choice on the way: what the model gives without a search."
    summary: str = "One image, drawn as the model draws it; no search."
    color: str = "#7C879A"
    place: int = 10
    ranks: bool = False

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """All go on."""
        return all_go_on(grown, seen)
