"""Batch schedules: how many candidates live after each scale, and the checks that `begin` makes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ttsvar.config import CLUSTERING_STRATEGIES, SELECTING_STRATEGIES, Sampling, SearchConfig
from ttsvar.errors import ConfigError, ScheduleError
from ttsvar.types import ScaleSchedule


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
UNDIRECTED = ("raw", "best-of-n")
"""Strategies that decide nothing before the last scale."""


def resolve_search(search: SearchConfig, scales: int, sampling: Sampling) -> SearchConfig:
    """The search with every setting that it leaves to the model filled in, for a model with this many scales.

    `batch` stays None where it is the plan's. Raises ScheduleError where there is no plan for so many scales.
    """
    own = {name: getattr(sampling, name) for name in ("cfg", "tau", "top_p", "top_k") if getattr(search, name) is None}
    return replace(resolve_decisions(search, scales), **own)


def resolve_decisions(search: SearchConfig, scales: int) -> SearchConfig:
    """The search with its decision scales filled in from the plan for this many scales."""
    names = ("cluster_scales", "resample_scales")
    lacking = [name for name in names if getattr(search, name) is None]
    if lacking and search.strategy in UNDIRECTED and scales not in PLANS:
        return replace(search, **dict.fromkeys(lacking, ()))
    own = {name: getattr(_plan(search, scales), name) for name in lacking}
    if search.strategy == "early-pick" and "resample_scales" in lacking:
        own["resample_scales"] = _plan(search, scales).cluster_scales[-1:]  # where the layout is settled
    return replace(search, **own)


def default_batch(search: SearchConfig, scales: int) -> tuple[int, ...]:
    """The strategy's own schedule before the factor N, for a model with this many scales."""
    if search.strategy in (*UNDIRECTED, "importance-sampling", "smc"):
        return (1,) * scales
    search = resolve_decisions(search, scales)
    if search.strategy in SELECTING_STRATEGIES:
        last = max((k for k in range(scales) if search.decision(k)), default=0)
        return (search.width * search.children,) * last + (search.width,) * (scales - last)
    plan = _plan(search, scales).batch
    batch, alive = [], plan[0]
    for k, wanted in enumerate(plan):
        alive = wanted if search.decision(k) else alive
        batch.append(alive)
    return tuple(batch)


def _plan(search: SearchConfig, scales: int) -> Plan:
    if scales not in PLANS:
        raise ScheduleError(
            f"This model has {scales} scales; there are plans for {', '.join(map(str, sorted(PLANS)))}. For "
            f"{search.strategy} pass batch= with {scales} numbers, cluster_scales= and resample_scales=."
        )
    return PLANS[scales]


def resolve_batch(search: SearchConfig, schedule: ScaleSchedule) -> tuple[int, ...]:
    """The checked schedule with the factor N applied; raises ScheduleError naming the scale that is wrong."""
    scales = len(schedule)
    search = resolve_decisions(search, scales)
    _check_decision_scales(search, scales)
    base = search.batch if search.batch is not None else default_batch(search, scales)
    if len(base) != scales:
        raise ScheduleError(
            f"The batch schedule has {len(base)} numbers; this model has {scales} scales, so it needs {scales}."
        )
    for k, size in enumerate(base):
        if not isinstance(size, int) or size < 1:
            raise ScheduleError(f"Scale {k} keeps {size!r} candidates; at least 1 must live on.", k)
        if k and size > base[k - 1]:
            raise ScheduleError(
                f"Scale {k} keeps {size} candidates but only {base[k - 1]} are alive; a schedule cannot rise. "
                f"Use at most {base[k - 1]} there, or more at scale {k - 1}.",
                k,
            )
        if size < base[k - 1 if k else 0] and search.decision(k) is None:
            raise ScheduleError(
                f"Scale {k} falls from {base[k - 1]} to {size} candidates, but {search.strategy} decides nothing "
                "there. "
                f"Keep {base[k - 1]} at scale {k}, or add {k} to the clustering or resampling scales.",
                k,
            )
    return tuple(size * search.n for size in base)


def _check_decision_scales(search: SearchConfig, scales: int) -> None:
    clusters, resamples = search.cluster_scales or (), search.resample_scales or ()
    for name, chosen in (("cluster_scales", clusters), ("resample_scales", resamples)):
        for k in chosen:
            if not 0 <= k < scales:
                raise ScheduleError(f"{name} names scale {k}; this model has scales 0 to {scales - 1}.", k)
    both = set(clusters) & set(resamples)
    if both and search.strategy in CLUSTERING_STRATEGIES:
        raise ScheduleError(f"Scale {min(both)} is both a clustering and a resampling scale; choose one.", min(both))
    for name in ("lam", "cfg", "tau"):
        value = getattr(search, name)
        if isinstance(value, tuple) and len(value) != scales:
            raise ConfigError(f"{name} has {len(value)} numbers; give one, or {scales}: one for each scale.")
