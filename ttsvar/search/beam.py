"""Beam search over scales (arXiv 2510.16751): the best few survive each decision, and each of them branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.random import Generator

from ttsvar.choices import Decision
from ttsvar.config import NamedSearch, SearchConfig
from ttsvar.search.rules import all_go_on, by_rank
from ttsvar.strategy import Strategy, register
from ttsvar.types import Candidates, Proposal, Scored, SearchState


@register
@dataclass(frozen=True)
class Beam(Strategy):
    """Keep the best `width` by potential, as copies that go apart from the next scale on, because their ids differ.

    The schedule says how many copies there are in all; where they do not come out even, the better survivors get one
    more. With a width of 1 it is greedy search.
    """

    name: str = "beam"
    title: str = "Beam"
    line: str = "Keeps the two with the highest reward at each decision, and goes on with four copies of each."
    summary: str = (
        "At some scales only the best few by reward survive. Each goes on as several copies, which are drawn apart."
    )
    color: str = "#009E73"
    place: int = 70
    late_decision: Decision | None = Decision.SELECT
    variants: tuple[NamedSearch, ...] = (
        NamedSearch(
            "greedy",
            "Greedy",
            "A beam of one: only the candidate with the highest reward goes on, as four copies.",
            {"width": 1},
        ),
    )

    def default_batch(self, search: SearchConfig, decisions: Sequence[Decision | None]) -> tuple[int, ...]:
        """`width` times `children` until the last decision, after which only `width` are drawn to the end."""
        last = max((k for k, decision in enumerate(decisions) if decision), default=0)
        return (search.width * search.children,) * last + (search.width,) * (len(decisions) - last)

    def propose(self, grown: SearchState, seen: Candidates, keep: int, rng: Generator) -> Proposal:
        """The best survivors, each as its share of `keep` copies."""
        if grown.run.search.decision(grown.scale - 1) and isinstance(seen, Scored):
            return by_rank(grown, seen, keep)
        return all_go_on(grown, seen)
