"""Early pick, ours (docs/strategies.md): many starts, one look where the reward can tell the end; the best finish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttsvar.config import NamedSearch
from ttsvar.schedule import plan_for
from ttsvar.search.beam import Beam
from ttsvar.strategy import register


@register
@dataclass(frozen=True)
class EarlyPick(Beam):
    """A beam with one decision, after which nobody is copied."""

    name: str = "early-pick"
    title: str = "Early pick (ours)"
    line: str = "Looks once, at the first scale where the reward can tell the end, and finishes only the best few."
    summary: str = (
        "Draws many candidates only as far as the first scale at which the reward can tell how they will end. "
        "The best few are drawn to the end; nothing is looked at before, and nobody is copied."
    )
    color: str = "#8C564B"
    place: int = 90
    settings: Mapping[str, Any] = field(default_factory=lambda: {"width": 2, "children": 6}, hash=False)
    variants: tuple[NamedSearch, ...] = ()

    def default_scales(self, scales: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The look is at the plan's last clustering scale, where the layout is settled."""
        clusters = plan_for(scales, self.name).cluster_scales
        return clusters, clusters[-1:]
