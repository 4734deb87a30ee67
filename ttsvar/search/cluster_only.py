"""Clustering without resampling (paper, Table 5)."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.choices import Decision
from ttsvar.search.tts_var import TTSVar
from ttsvar.strategy import register


@register
@dataclass(frozen=True)
class ClusterOnly(TTSVar):
    """TTS-VAR that decides nothing at its resampling scales."""

    name: str = "cluster-only"
    title: str = "Clustering alone"
    line: str = "The paper's clustering without its resampling."
    summary: str = "Keeps one candidate of each layout at the coarse scales, and judges only the final images."
    color: str = "#0072B2"
    place: int = 50
    late_decision: Decision | None = None
