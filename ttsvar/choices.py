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
    """How candidates are drawn with replacement."""

    MULTINOMIAL = "multinomial"
    STRATIFIED = "stratified"
    SYSTEMATIC = "systematic"
    RESIDUAL = "residual"


EXTRACTORS = ("pca", "pca-raw", "pool", "inception")
POTENTIALS = tuple(kind.value for kind in Potential)
RESAMPLINGS = tuple(scheme.value for scheme in Resampling)
