"""The named searches as people choose them: a title and one line each; what is not listed here explains itself."""

from __future__ import annotations

from ttsvar.config import SEARCHES, SearchConfig
from ttsvar.schedule import PAPER_BATCH, resolve_decisions

CUSTOM = "custom"
TITLES = {
    "tts-var": "TTS-VAR (paper)", "raw": "Raw, one picture", "best-of-n": "Best of N",
    "importance-sampling": "Importance sampling", "beam": "Beam", "greedy": "Greedy",
    "smc": "SMC", "smc-diff": "SMC by gain", "smc-always": "SMC, always drawing", "early-pick": "Early pick (ours)",
    "cluster-only": "Clustering alone", "resample-only": "Resampling alone", CUSTOM: "Custom",
}  # fmt: skip
LINES = {
    "tts-var": "Keeps one of each layout at coarse scales, then draws by reward at fine ones.",
    "raw": "One candidate, no choice on the way: what the model gives without a search.",
    "best-of-n": "N pictures to the end; the one with the highest reward is taken.",
    "importance-sampling": "N candidates all the way, drawn anew by reward at a few scales.",
    "beam": "Keeps the two with the highest reward at each decision, and goes on with four copies of each.",
    "greedy": "A beam of one: only the candidate with the highest reward goes on, as four copies.",
    "smc": "Carries weights along and draws, evenly spread, only when few candidates hold most of the weight.",
    "smc-diff": "The same, weighing what the reward gained instead of the best so far.",
    "smc-always": "Draws at every marked scale by the best reward so far, as plain particles do.",
    "early-pick": "Looks once, at the first scale where the reward can tell the end, and finishes only the best few.",
    "cluster-only": "The paper's clustering without its resampling.",
    "resample-only": "The paper's resampling without its clustering.",
    CUSTOM: "Your own schedule: edit the cells under Advanced, and mark where it decides.",
}


def names() -> list[str]:
    """Every search that can be chosen, the paper's first, one's own last."""
    return ["tts-var", *(name for name in SEARCHES if name != "tts-var"), CUSTOM]


def title(name: str) -> str:
    """What a search is called."""
    return TITLES.get(name) or name.replace("-", " ").replace("smc", "SMC").capitalize().replace("Smc", "SMC")


def line(name: str) -> str:
    """One line on what a search does; one that is new here is told by where it decides."""
    if name in LINES:
        return LINES[name]
    search = base(name)
    if search is None:
        return ""
    search = resolve_decisions(search, len(PAPER_BATCH))
    kinds: dict[str, list[str]] = {}
    for scale in range(len(PAPER_BATCH)):
        if kind := search.decision(scale):
            kinds.setdefault(str(kind), []).append(str(scale))
    told = "; ".join(f"{kind} after scale {', '.join(scales)}" for kind, scales in kinds.items())
    return f"{title(search.strategy)}: {told or 'nothing is decided on the way'}."


def base(name: str) -> SearchConfig | None:
    """The settings that a choice starts from; None where there is no such search."""
    return SEARCHES["tts-var"] if name == CUSTOM else SEARCHES.get(name)


def name_of(search: SearchConfig) -> str:
    """The name under which a search was probably chosen: the same strategy in the same variant."""
    variant = ("strategy", "width", "children", "resampling", "ess_share")
    for kept in (variant, ("strategy", "potential"), ("strategy",)):
        for name, known in SEARCHES.items():
            if all(getattr(known, field) == getattr(search, field) for field in kept):
                return name
    return CUSTOM
