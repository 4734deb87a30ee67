"""Many draws from one pass, after LSRS (arXiv 2512.03796) and VAR-Scaling (arXiv 2601.07293)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttsvar.config import NamedSearch
from ttsvar.schedule import plan_for
from ttsvar.search.beam import Beam
from ttsvar.strategy import register
from ttsvar.types import Run


@register
@dataclass(frozen=True)
class ManyDraws(Beam):
    """A beam that decides after neighbouring scales, so that the copies of a survivor are drawn from one pass.

    A pass of the transformer gives the chances of every bit of a scale; `children` maps of bits are drawn from them,
    each is looked at, and only then is the cache made for those that go on. In both papers this is done at every
    scale, with a judge of latent maps; here it is done where the layout settles, with the reward of the search.
    """

    name: str = "many-draws"
    title: str = "Many draws"
    line: str = "Draws many versions of a scale from one pass of the transformer, and goes on with the best."
    summary: str = (
        "Where the layout settles, one pass of the transformer gives many versions of a scale, which cost a look each "
        "and no further pass. The one with the highest reward goes on."
    )
    color: str = "#BCBD22"
    place: int = 92
    shares_passes: bool = True
    settings: Mapping[str, Any] = field(default_factory=lambda: {"width": 1, "children": 6}, hash=False)
    variants: tuple[NamedSearch, ...] = ()

    def default_scales(self, scales: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The looks are at the plan's last clustering scale, where the layout is settled, and at the one before."""
        clusters = plan_for(scales, self.name).cluster_scales
        return clusters, (clusters[-1] - 1, clusters[-1])

    def passes(self, run: Run, scale: int) -> int:
        """One before the first scale; after a decision one for each survivor; elsewhere one for each candidate."""
        if scale == 0:
            return 1
        alive = run.batch[scale - 1]
        return min(alive, run.search.width * run.search.n) if run.search.decision(scale - 1) else alive
