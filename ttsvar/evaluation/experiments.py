"""The paper's experiments: which searches each compares, and what the paper found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttsvar.config import SearchConfig, search_config


@dataclass(frozen=True)
class Experiment:
    """Searches to compare on the same prompts and seeds, by label; the first one is the base of differences."""

    name: str
    title: str
    arms: Mapping[str, SearchConfig]
    about: str = ""
    paper: Mapping[str, Any] = field(default_factory=dict)


EXPERIMENTS: dict[str, Experiment] = {
    "headline": Experiment(
        "headline",
        "TTS-VAR N=2 against best-of-N N=8 and raw sampling",
        {
            "raw": search_config("raw"),
            "best-of-n n=8": search_config("best-of-n", n=8),
            "tts-var n=2": search_config("tts-var", n=2),
        },
    ),
}
