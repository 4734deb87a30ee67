"""Batch schedules: how many candidates live after each scale, and the checks that `begin` makes."""

from __future__ import annotations

from ttsvar.config import PAPER_BATCH, SearchConfig
from ttsvar.errors import ConfigError, ScheduleError
from ttsvar.types import ScaleSchedule


def default_batch(search: SearchConfig, scales: int) -> tuple[int, ...]:
    """The strategy's own schedule before the factor N, for a model with this many scales."""
    if search.strategy in ("raw", "best-of-n", "importance-sampling"):
        return (1,) * scales
    if scales != len(PAPER_BATCH):
        raise ScheduleError(
            f"The paper's schedule has {len(PAPER_BATCH)} scales, this model has {scales}; "
            f"pass batch= with {scales} numbers."
        )
    decisions = {k for k in range(scales) if search.decision(k)}
    batch, alive = [], PAPER_BATCH[0]
    for k, wanted in enumerate(PAPER_BATCH):
        alive = wanted if k in decisions else alive
        batch.append(alive)
    return tuple(batch)


def resolve_batch(search: SearchConfig, schedule: ScaleSchedule) -> tuple[int, ...]:
    """The checked schedule with the factor N applied; raises ScheduleError naming the scale that is wrong."""
    scales = len(schedule)
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
    for name in ("cluster_scales", "resample_scales"):
        for k in getattr(search, name):
            if not 0 <= k < scales:
                raise ScheduleError(f"{name} names scale {k}; this model has scales 0 to {scales - 1}.", k)
    both = set(search.cluster_scales) & set(search.resample_scales)
    if both:
        raise ScheduleError(f"Scale {min(both)} is both a clustering and a resampling scale; choose one.", min(both))
    for name in ("cfg", "tau"):
        value = getattr(search, name)
        if isinstance(value, tuple) and len(value) != scales:
            raise ConfigError(f"{name} has {len(value)} numbers; give one, or {scales}: one for each scale.")
