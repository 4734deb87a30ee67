"""Best-of-N: N images drawn to the end, of which the reward takes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.random import Generator

from ttsvar.search.rules import all_go_on
from ttsvar.strategy import Strategy, register
from ttsvar.types import Candidates, Proposal, SearchState


@register
@dataclass(frozen=True)
class BestOfN(Strategy):
    """Nothing is decided on the way; the reward ranks the final images."""

    name: str = "best-of-n"
    title: str = "Best of N"
    line: str = "N pictures to the end; the one with the highest reward is taken."
    summary: str = "Draws N images to the end and keeps the one that the reward likes best."
    color: str = "#E69F00"
    place: int = 20
    settings: Mapping[str, Any] = field(default_factory=lambda: {"n": 4}, hash=False)

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """All go on, and it is said which scored highest where scores are known."""
        return all_go_on(grown, seen)
