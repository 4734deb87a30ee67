"""Batch schedules: how many candidates live after each scale, and the checks that `begin` makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ttsvar.choices import Decision, Potential
from ttsvar.config import STRATEGIES, ResolvedSearch, Sampling, SearchConfig, resolved
from ttsvar.errors import ConfigError, ScheduleError
from ttsvar.settings import SETTINGS
from ttsvar.types import ScaleSchedule
from ttsvar.values import Numbers, PerScale


@dataclass(frozen=True)
class Plan:
    """TTS-VAR on a ladder: candidates alive after each scale, before the factor N, and the scales of its decisions."""

    batch: tuple[int, ...]
    cluster_scales: tuple[int, ...]
    resample_scales: tuple[int, ...]


PLANS = {
    13: Plan((8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1, 1), (2, 5), (6, 9)),
    12: Plan((8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1), (2, 5), (6, 9)),
    10: Plan((8, 8, 6, 6, 4, 2, 2, 1, 1, 1), (2, 4), (5, 7)),
    7: Plan((8, 8, 6, 4, 2, 1, 1), (2, 3), (4, 5)),
}
"""The plan for each number of scales. 13 is the paper's (section 4.1: Infinity at 1 megapixel); the others are ours.

A decision of the paper at scale k of 13 moves to the same stage of a ladder of K scales: k (K - 1) / 12 rounded up. No
two share a scale, and the first clustering waits for scale 2, which has 3 x 3 tokens or more, as coarser grids have no
layout to tell apart. Grid sides at the decisions, and the share of all tokens drawn by then:

    scales  ladder                      cluster         resample        share of tokens   work of the transformer
    13      Infinity 1M (64 at last)    4, 12           16, 32          0.2 to 24 %       1.4 x one image
    12      Infinity 0.60M (48)         4, 12           16, 32          0.3 to 39 %       1.6 x
    10      Infinity 0.25M (32)         4, 8            12, 20          0.8 to 37 %       1.7 x
    10      VAR 256 px (16)             3, 5            6, 10           2.1 to 38 %       1.8 x
    10      VAR 512 px (32)             3, 6            9, 18           0.6 to 29 %       1.5 x
    7       Infinity 0.06M (16)         4, 6            8, 12           4.0 to 51 %       2.3 x
"""
PAPER_BATCH = PLANS[13].batch
"""Candidates alive after each of 13 scales, before the factor N (paper, section 4.1)."""


def plan_for(scales: int, strategy: str) -> Plan:
    """The plan for so many scales; raises ScheduleError, which says what the strategy needs where there is none."""
    if scales not in PLANS:
        raise ScheduleError(
            f"This model has {scales} scales; there are plans for {', '.join(map(str, sorted(PLANS)))}. For "
            f"{strategy} pass batch= with {scales} numbers, cluster_scales= and resample_scales=."
        )
    return PLANS[scales]


def planned_batch(plan: Plan, decisions: Sequence[Decision | None]) -> tuple[int, ...]:
    """The plan's candidates alive after each scale, which fall only where something is decided."""
    batch: list[int] = []
    alive = plan.batch[0]
    for wanted, decision in zip(plan.batch, decisions, strict=True):
        alive = wanted if decision else alive
        batch.append(alive)
    return tuple(batch)


def resolve_search(search: SearchConfig, scales: int, sampling: Sampling) -> ResolvedSearch:
    """The search with every setting that it leaves to the model filled in, for a model with this many scales.

    Raises ScheduleError where its decision scales are left open and there is no plan for so many scales.
    """
    if isinstance(search, ResolvedSearch):
        return search
    clusters, resamples = decision_scales(search, scales)
    if scores_every_scale(search):
        search = replace(search, score_scales=tuple(range(scales)))
    elif not search.score_scales:
        search = replace(search, score_scales=None)  # as recipes have it that were written before there was a choice
    return resolved(
        search,
        cluster_scales=clusters,
        resample_scales=resamples,
        cfg=sampling.cfg,
        tau=sampling.tau,
        top_p=sampling.top_p,
        top_k=sampling.top_k,
    )


def scores_every_scale(search: SearchConfig) -> bool:
    """Whether every scale is scored because of the potential: it follows the scores, and nobody said which to score."""
    open_one = search.score_scales is None and not isinstance(search, ResolvedSearch)
    follows = search.potential != Potential.VALUE and STRATEGIES[search.strategy].late_decision is not None
    return open_one and follows and search.resample_scales != ()


def decision_scales(search: SearchConfig, scales: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Clustering and resampling scales: the search's own, or those of its strategy for so many scales."""
    clusters, resamples = search.cluster_scales, search.resample_scales
    if clusters is None or resamples is None:
        own_clusters, own_resamples = STRATEGIES[search.strategy].default_scales(scales)
        clusters = own_clusters if clusters is None else clusters
        resamples = own_resamples if resamples is None else resamples
    return clusters, resamples


def decisions(search: SearchConfig, scales: int) -> tuple[Decision | None, ...]:
    """What the search decides after each of so many scales."""
    chosen = decision_scales(search, scales)
    return tuple(STRATEGIES[search.strategy].decision(k, *chosen) for k in range(scales))


def default_batch(search: SearchConfig, scales: int) -> tuple[int, ...]:
    """The strategy's own schedule before the factor N, for a model with this many scales."""
    return STRATEGIES[search.strategy].default_batch(search, decisions(search, scales))


def resolve_batch(search: SearchConfig, schedule: ScaleSchedule) -> tuple[int, ...]:
    """The checked schedule with the factor N applied; raises ScheduleError naming the scale that is wrong."""
    scales = len(schedule)
    decided = decisions(search, scales)
    _check_per_scale(search, scales)
    rule = STRATEGIES[search.strategy]
    base = search.batch if search.batch is not None else rule.default_batch(search, decided)
    if len(base) != scales:
        raise ScheduleError(
            f"The batch schedule has {len(base)} numbers; this model has {scales} scales, so it needs {scales}."
        )
    for k, size in enumerate(base):
        if not _is_count(size):
            raise ScheduleError(f"Scale {k} keeps {size!r} candidates; at least 1 must live on.", k)
        if k and size > base[k - 1]:
            raise ScheduleError(
                f"Scale {k} keeps {size} candidates but only {base[k - 1]} are alive; a schedule cannot rise. "
                f"Use at most {base[k - 1]} there, or more at scale {k - 1}.",
                k,
            )
        if size < base[k - 1 if k else 0] and decided[k] is None:
            raise ScheduleError(
                f"Scale {k} falls from {base[k - 1]} to {size} candidates, but {search.strategy} decides nothing "
                "there. "
                f"Keep {base[k - 1]} at scale {k}, or add {k} to the clustering or resampling scales.",
                k,
            )
    return tuple(size * search.n for size in base)


def _is_count(size: object) -> bool:
    return isinstance(size, int) and size >= 1


def _check_per_scale(search: SearchConfig, scales: int) -> None:
    clusters, resamples = decision_scales(search, scales)
    scored = search.score_scales
    for name, chosen in (("cluster_scales", clusters), ("resample_scales", resamples), ("score_scales", scored)):
        for k in chosen or ():
            if not 0 <= k < scales:
                raise ScheduleError(f"{name} names scale {k}; this model has scales 0 to {scales - 1}.", k)
    both = set(clusters) & set(resamples)
    if both and STRATEGIES[search.strategy].clusters:
        raise ScheduleError(f"Scale {min(both)} is both a clustering and a resampling scale; choose one.", min(both))
    for row in SETTINGS.values():
        value: PerScale | None = getattr(search, row.name) if isinstance(row.kind, Numbers) else None
        if isinstance(value, tuple) and len(value) != scales:
            raise ConfigError(f"{row.name} has {len(value)} numbers; give one, or {scales}: one for each scale.")
