"""What an experiment is: arms with labels that say their settings, the paper's numbers, and what its report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from ttsvar.config import SEARCHES, STRATEGIES, SearchConfig, search_config
from ttsvar.evaluation.bench.paper import PaperTable
from ttsvar.evaluation.bench.published import PublishedTable


class FigureKind(StrEnum):
    """What a figure of an experiment shows; `report.figures` draws each."""

    CATEGORIES = "share of right images by category"
    OVER_N = "share of right images over N"
    OVER_FLOPS = "share of right images over FLOPs"
    OVER_TRANSFORMER_FLOPS = "share of right images over the transformer's FLOPs"
    OVER_SECONDS = "share of right images over seconds"
    BY_SCALE = "reward by the scale after which is resampled"
    DIFFERENCES = "differences in right images"
    REWARD_DIFFERENCES = "differences in reward"


@dataclass(frozen=True)
class Experiment:
    """One question, the arms that answer it, and the paper's numbers, if any; `bases` says what an arm is held to."""

    name: str
    title: str
    arms: Mapping[str, SearchConfig]
    about: str = ""
    paper: tuple[PaperTable, ...] = ()
    published: PublishedTable | None = None
    """Other models' figures, to stand beside ours."""
    figures: tuple[FigureKind, ...] = (FigureKind.DIFFERENCES, FigureKind.REWARD_DIFFERENCES)
    """What its section of the report shows, in this order."""
    matched: bool = False
    """Whether TTS-VAR with N = 2 gets a best-of-N beside it that costs as much, by every way of counting."""
    claim: bool = False
    """Whether it bears the paper's claim: its table stands open, with the combinations that training never saw."""
    within: str = ""
    """An experiment that may have all of its arms, and a table that then need not be told twice."""


def arm(name: str, **changes: object) -> tuple[str, SearchConfig]:
    """A named search with some settings changed, and its label: 'tts-var n=2 lam=5', without what is as named."""
    search, named = search_config(name, **changes), SEARCHES[name]
    label = [name, f"n={search.n}"] if STRATEGIES[search.strategy].ranks else [name]
    for setting, value in search.values().items():
        if setting != "n" and value != getattr(named, setting):
            label.append(f"{setting.removesuffix('_scales')}={_shown(value)}")
    return " ".join(label), search


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        groups = [(_shown(part), len(list(same))) for part, same in groupby(value)]
        return ",".join(f"{part}x{count}" if count > 1 else part for part, count in groups) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def arms(*searches: tuple[str, SearchConfig]) -> Mapping[str, SearchConfig]:
    """Labelled searches in their order, each once."""
    return MappingProxyType(dict(searches))


def bases(searches: Mapping[str, SearchConfig]) -> dict[str, str]:
    """By arm the one that it is compared with: the first arm, or where there is one its like at the arm's own N."""
    first, search = next(iter(searches.items()))
    likes: dict[int, str] = {}
    for label, other in searches.items():
        if other.strategy == search.strategy:
            likes.setdefault(other.n, label)
    found = {label: likes.get(other.n, first) for label, other in searches.items()}
    return {label: base if base != label else first for label, base in found.items()}
