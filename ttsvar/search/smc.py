"""Sequential Monte Carlo as FK steering has it (arXiv 2501.06848): weights, and draws where too few count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.config import NamedSearch
from ttsvar.search.rules import all_go_on, by_draw
from ttsvar.strategy import Strategy, register
from ttsvar.types import Candidates, Proposal, Scored, SearchState


def _half(potential: str) -> dict[str, Any]:
    """Draws, evenly spread, when the effective sample size falls below half; FK steering scores where it may draw."""
    return {"n": 4, "potential": potential, "resampling": "systematic", "ess_share": 0.5, "score_scales": ()}


@register
@dataclass(frozen=True)
class SMC(Strategy):
    """Score at some scales, and resample there, always or when the effective sample size has fallen."""

    name: str = "smc"
    title: str = "SMC"
    line: str = "Carries weights along and draws, evenly spread, only when few candidates hold most of the weight."
    summary: str = (
        "Every scored scale adds to a candidate's weight. When a few carry most of it, all are drawn anew by weight."
    )
    color: str = "#CC79A7"
    place: int = 80
    late_decision: Decision | None = Decision.RESAMPLE
    settings: Mapping[str, Any] = field(default_factory=lambda: _half("max"), hash=False)
    variants: tuple[NamedSearch, ...] = (
        NamedSearch(
            "smc-diff",
            "SMC by gain",
            "The same, weighing what the reward gained instead of the best so far.",
            _half("diff"),
        ),
        NamedSearch(
            "smc-always",
            "SMC, always drawing",
            "Draws at every marked scale by the best reward so far, as plain particles do.",
            {"n": 4, "potential": "max", "score_scales": ()},
        ),
    )

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """Draw by weight, or go on with the weights; at the last scale the reward alone decides."""
        if grown.run.search.decision(grown.scale - 1) and isinstance(seen, Scored):
            return by_draw(grown, seen, keep, rng)
        return all_go_on(grown, seen)
