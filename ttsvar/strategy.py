"""What a strategy is: a row that says everything about itself, in one file of `ttsvar/search`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.config import STRATEGIES, NamedSearch, SearchConfig
from ttsvar.schedule import PLANS, plan_for
from ttsvar.turns import Account, Turn
from ttsvar.types import Candidates, Need, Proposal, Run, SearchState, Selection

FEATURES = frozenset({Need.IMAGES, Need.FEATURES})
SCORES = frozenset({Need.IMAGES, Need.SCORES})
NOTHING: frozenset[Need] = frozenset()


@dataclass(frozen=True)
class Strategy(ABC):
    """Decides which candidates live on after each scale; its fields are all that the rest of the project asks of it."""

    name: str
    """What `SearchConfig.strategy` calls it; a search of this name takes its `settings`."""
    title: str
    line: str
    summary: str
    """What it does, in one or two sentences."""
    color: str
    """Of its marks in figures, as #rrggbb; told apart by colour-blind readers, too."""
    place: int = 100
    """Lists are ordered by it, then by name."""
    clusters: bool = False
    """Whether it clusters after the `cluster_scales`."""
    late_decision: Decision | None = None
    """What it decides after the `resample_scales`, where the images are finer than at the `cluster_scales`."""
    late_needs: frozenset[Need] = SCORES
    """What it looks at for that; `NOTHING` for a rule that reads neither features nor rewards."""
    ranks: bool = True
    """Whether the reward says which final image is best; otherwise it is the first."""
    goes_back: bool = False
    """Whether it may go back: `go_back` is asked after every decision, and a budget bounds it."""
    shares_passes: bool = False
    """Whether copies of a candidate that have not gone apart yet are drawn from one pass of the transformer."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    variants: tuple[NamedSearch, ...] = ()
    """Further searches by this strategy, under names of their own."""

    @property
    def searches(self) -> tuple[NamedSearch, ...]:
        """Every search by this strategy that has a name, its own first."""
        return (NamedSearch(self.name, self.title, self.line, self.settings), *self.variants)

    @property
    def decides(self) -> bool:
        """Whether anything is decided before the last scale; otherwise it is plain sampling."""
        return self.clusters or self.late_decision is not None

    def decision(self, scale: int, cluster_scales: Sequence[int], resample_scales: Sequence[int]) -> Decision | None:
        """What is decided after a scale."""
        if self.clusters and scale in cluster_scales:
            return Decision.CLUSTER
        return self.late_decision if scale in resample_scales else None

    def default_scales(self, scales: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Clustering and resampling scales where a search names none: the plan's for so many scales.

        Raises ScheduleError where there is no plan and something is decided.
        """
        if not self.decides and scales not in PLANS:
            return (), ()
        plan = plan_for(scales, self.name)
        return plan.cluster_scales, plan.resample_scales

    def default_batch(self, search: SearchConfig, decisions: Sequence[Decision | None]) -> tuple[int, ...]:
        """Candidates alive after each scale, before the factor N, where a search names none: one all the way."""
        return (1,) * len(decisions)

    def needs(self, run: Run, scale: int) -> frozenset[Need]:
        """What to look at before `propose`: features to cluster, `late_needs` to decide late, scores to rank at last.

        The search's `score_scales` are scored, too.
        """
        decision = run.search.decision(scale)
        scored = SCORES if scale in (run.search.score_scales or ()) else NOTHING
        if decision is Decision.CLUSTER:
            return FEATURES | scored
        if decision:
            return self.late_needs | scored
        return SCORES if self.ranks and scale == len(run.schedule) - 1 else scored

    def looks_ahead(self, run: Run, scale: int) -> int:
        """Scales that are drawn on, for a look alone, before what is decided after a scale is decided by reward."""
        decided = run.search.decision(scale) is not None
        by_reward = decided and Need.SCORES in (needs := self.needs(run, scale)) and Need.FEATURES not in needs
        return min(run.search.ahead, len(run.schedule) - 1 - scale) if by_reward else 0

    def passes(self, run: Run, scale: int) -> int:
        """Passes of the transformer at a scale, as the schedule plans them: one for each candidate, unless shared."""
        return run.batch[max(scale - 1, 0)]

    @abstractmethod
    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """Choose `keep` of the grown candidates (with repeats where the strategy draws with replacement).

        `seen` is of the type that `needs` asked for: `Featured`, `Scored`, or bare where nothing was looked at.
        """

    def go_back(self, grown: SearchState, seen: Candidates, selection: Selection, account: Account) -> Turn | None:
        """A way back from the grown candidates, in place of the selection; None goes on, and after the last scale ends.

        The turn is one from `grown`, whose decision is still open; what it takes must be within the account.
        """
        return None


Owner = TypeVar("Owner", bound=type[Strategy])


def register(owner: Owner) -> Owner:
    """Class decorator: a strategy that can be named from now on."""
    row = cast(Callable[[], Strategy], owner)()
    STRATEGIES.add(row.name, row)
    return owner
