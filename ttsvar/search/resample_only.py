"""Resampling without clustering: the other half of TTS-VAR."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.search.tts_var import TTSVar
from ttsvar.strategy import register


@register
@dataclass(frozen=True)
class ResampleOnly(TTSVar):
    """TTS-VAR that decides nothing at its clustering scales."""

    name: str = "resample-only"
    title: str = "Resampling alone"
    line: str = "The paper's resampling without its clustering."
    summary: str = "Starts with many candidates and draws by reward at the fine scales, whatever their layout."
    color: str = "#D55E00"
    place: int = 60
    clusters: bool = False
