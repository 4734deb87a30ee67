"""Every strategy by name. A new one is one small file with a frozen dataclass, and a row in this table."""

from __future__ import annotations

from ttsvar.errors import ConfigError
from ttsvar.search.beam import Beam
from ttsvar.search.keep_all import KeepAll
from ttsvar.search.smc import SMC
from ttsvar.search.tts_var import Scheduled
from ttsvar.types import Strategy

STRATEGIES: dict[str, Strategy] = {
    "raw": KeepAll("One image, drawn as the model draws it; no search."),
    "best-of-n": KeepAll("Draws N images to the end and keeps the one that the reward likes best.", judges=True),
    "importance-sampling": Scheduled(
        "Draws N images side by side. At a few fine scales the better ones are copied over the worse, by chance."
    ),
    "tts-var": Scheduled(
        "Starts with many candidates and keeps one of each layout at the coarse scales. "
        "At the fine scales it draws by reward."
    ),
    "cluster-only": Scheduled(
        "Keeps one candidate of each layout at the coarse scales, and judges only the final images."
    ),
    "resample-only": Scheduled(
        "Starts with many candidates and draws by reward at the fine scales, whatever their layout."
    ),
    "beam": Beam(
        "At some scales only the best few by reward survive. Each goes on as several copies, which are drawn apart."
    ),
    "early-pick": Beam(
        "Draws many candidates only as far as the first scale at which the reward can tell how they will end. "
        "The best few are drawn to the end; nothing is looked at before, and nobody is copied."
    ),
    "smc": SMC(
        "Every scored scale adds to a candidate's weight. When a few carry most of it, all are drawn anew by weight."
    ),
}
"""Every strategy that `SearchConfig.strategy` may name."""


def strategy(name: str) -> Strategy:
    """A strategy by name; an unknown one raises ConfigError with the list."""
    if name not in STRATEGIES:
        raise ConfigError(f"strategy is {name!r}; it must be one of {', '.join(STRATEGIES)}.")
    return STRATEGIES[name]
