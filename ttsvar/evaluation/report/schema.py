"""What the report holds, typed: read from the rows, written as JSON for the app, and read from there again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ttsvar.evaluation.bench.paper import PaperTable
from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.plain import from_plain


@dataclass(frozen=True, kw_only=True)
class ComponentFigures:
    """What one component of a search takes an image: medians of seconds and peak bytes, the mean of FLOPs."""

    seconds: float
    flops: float
    peak_bytes: float


@dataclass(frozen=True, kw_only=True)
class ArmFigures:
    """One search of an experiment over all its images."""

    overall: Estimate
    categories: Mapping[str, Estimate]
    seen: Estimate | None
    """Of prompts whose combinations training saw; None where there are none."""
    held_out: Estimate | None
    """Of prompts that ask for combinations that training never saw; None where there are none."""
    held_out_categories: Mapping[str, Estimate]
    reward: float | None
    """Mean of the reward that selected; None where no row has one."""
    judges: Mapping[str, float | None]
    """Mean of every other reward."""
    diversity: float | None
    survivors: float | None
    seconds: float
    """Median of an image."""
    flops: float
    """Mean of an image."""
    components: Mapping[str, ComponentFigures]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The first arm minus the second, paired by prompt."""

    first: str
    second: str
    overall: Estimate
    reward: Estimate | None
    """None where an arm has images without one."""
    categories: Mapping[str, Estimate]
    flops_ratio: float
    transformer_ratio: float
    """Of the FLOPs of the transformer alone."""
    seconds_ratio: float
    matched: tuple[str, ...]
    """At which costs the two are alike."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """Arms over the images that all of them have."""

    images: int
    """Of each arm."""
    prompts: int
    held_out: int
    """Of the prompts, those that ask for combinations that training never saw."""
    arms: Mapping[str, ArmFigures]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class ArmSettings:
    """What figures need of an arm's search."""

    strategy: str
    n: int


@dataclass(frozen=True, kw_only=True)
class MatchedSearch:
    """The N of the best-of-N that costs as much as `arm`."""

    n: int
    arm: str
    cost: str
    """Of what it costs as much, such as 'seconds'."""


class Agreement(StrEnum):
    """How a difference of ours stands to the paper's, in the order to tell them in."""

    AGREES = "agrees"
    DIFFERS = "differs"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class AgainstPaper:
    """A difference that the paper has, too."""

    first: str
    second: str
    ours: Estimate
    paper: float
    verdict: Agreement


@dataclass(frozen=True, kw_only=True)
class ExperimentResult:
    """One experiment: its arms, their differences, and the paper's numbers."""

    name: str
    title: str
    about: str
    missing: tuple[str, ...]
    """Arms that were not run."""
    matched: tuple[MatchedSearch, ...]
    settings: Mapping[str, ArmSettings]
    summary: Summary
    paper: tuple[PaperTable, ...]
    against_paper: tuple[AgainstPaper, ...]


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How much was drawn for all of it, and for how long on one core."""

    images: int
    hours: float


@dataclass(frozen=True, kw_only=True)
class Consistency:
    """By potential and scale how often the leader wins in the end (paper, Figures 5b and 6)."""

    candidates: int
    searches: int
    potentials: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class ScheduleColumns:
    """By scale what a search grows and holds."""

    alive: tuple[int, ...]
    flops: tuple[float, ...]
    cached_tokens: tuple[int, ...]
    peak_bytes: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ScheduleCost:
    """What every scale costs by schedule (paper, Figure 2); `scales` holds (h, w)."""

    scales: tuple[tuple[int, ...], ...]
    schedules: Mapping[str, ScheduleColumns]


@dataclass(frozen=True, kw_only=True)
class ErrorShares:
    """How often the measure is wrong: shares from 0 to 1."""

    right_called_wrong: float
    wrong_called_right: float


@dataclass(frozen=True, kw_only=True)
class DetectorError:
    """The measure's own error by kind of picture and category."""

    scenes_per_category: int
    kinds: Mapping[str, Mapping[str, ErrorShares]]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All figures of one model's weights; measurements that were not made are None."""

    model: str
    weights: str
    intervals: str
    """What kind the intervals are, such as 'prompt-cluster t'."""
    drawn: Drawn
    experiments: tuple[ExperimentResult, ...]
    consistency: Consistency | None
    schedule: ScheduleCost | None
    detector: DetectorError | None

    @classmethod
    def from_json(cls, values: Any) -> Evidence:
        """The inverse of `to_json`; raises ConfigError that names the place where a value is not as it should be."""
        return from_plain(cls, values, "evidence")

    def to_json(self) -> dict[str, Any]:
        """Values that `json.dumps` takes."""
        return asdict(self)
