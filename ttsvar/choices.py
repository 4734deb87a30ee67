"""Closed sets that settings and results name: what is decided, and how."""

from __future__ import annotations

from enum import StrEnum


class Decision(StrEnum):
    """What is decided after a scale."""

    CLUSTER = "cluster"
    RESAMPLE = "resample"
    SELECT = "select"


class Potential(StrEnum):
    """How a lineage's scores become one number (paper, section 4.3)."""

    VALUE = "value"
    MAX = "max"
    SUM = "sum"
    DIFF = "diff"


class Resampling(StrEnum):
    """How candidates are drawn: all but the last with replacement, everybody as often on average as chances say."""

    MULTINOMIAL = "multinomial"
    STRATIFIED = "stratified"
    SYSTEMATIC = "systematic"
    RESIDUAL = "residual"
    DISTINCT = "without-replacement"


POTENTIALS = tuple(kind.value for kind in Potential)
RESAMPLINGS = tuple(scheme.value for scheme in Resampling)
UNBIASED = tuple(scheme.value for scheme in Resampling if scheme is not Resampling.DISTINCT)
