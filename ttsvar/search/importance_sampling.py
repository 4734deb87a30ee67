"""Importance sampling over scales: a population of one size, drawn anew by reward (paper, section 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.search.rules import all_go_on, by_draw
from ttsvar.strategy import Strategy, register
from ttsvar.types import Candidates, Proposal, Scored, SearchState


@register
@dataclass(frozen=True)
class ImportanceSampling(Strategy):
    """Resampling alone, with N candidates all the way."""

    name: str = "importance-sampling"
    title: str = "Importance sampling"
    line: str = "N candidates all the way, drawn anew by reward at a few scales."
    summary: str = (
        "Draws N images side by side. At a few fine scales the better ones are copied over the worse, by chance."
    )
    color: str = "#56B4E9"
    place: int = 30
    late_decision: Decision | None = Decision.RESAMPLE
    settings: Mapping[str, Any] = field(default_factory=lambda: {"n": 4}, hash=False)

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """Draw by reward after the resampling scales."""
        if grown.run.search.decision(grown.scale - 1) and isinstance(seen, Scored):
            return by_draw(grown, seen, keep, rng)
        return all_go_on(grown, seen)
