"""What the arms of an experiment are called where people read about them."""

from __future__ import annotations

from collections.abc import Mapping

from ttsvar.config import STRATEGIES

WORDS: Mapping[str, str] = {
    "n": "N =",
    "lam": "\u03bb =",
    "resample": "drawn at scale",
    "cluster": "clustered at scale",
    "extractor": "clusters on",
    "potential": "potential",
    "batch": "alive",
    "width": "width",
    "children": "children",
    "resampling": "draws",
    "ess_share": "draws below",
}
"""How a setting of an arm's label is said; one that is not here keeps its name."""


def readable(label: str) -> str:
    """An arm's label in words: 'tts-var n=2' is 'TTS-VAR, N = 2'; a search that is unknown here keeps its name."""
    name, *settings = label.split()
    title = STRATEGIES[name].title if name in STRATEGIES else name
    pairs = [setting.partition("=") for setting in settings]
    told = [f"{WORDS.get(key, key)} {value.replace(',', ', ')}" for key, _, value in pairs]
    return ", ".join([title.partition(" (")[0].partition(",")[0], *told])
