"""The data that flows through a search; `ttsvar.protocols` has the seams between its parts.

Dimension letters: B candidates, K scales, h x w tokens of a scale, D bits a token, L patches, C channels, H x W pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from torch import Tensor

from ttsvar.choices import Decision
from ttsvar.config import ResolvedSearch, required
from ttsvar.turns import Ahead, Move, Turn


class Component(StrEnum):
    """What time, operations and memory are counted for."""

    TRANSFORMER = "transformer"
    DECODE = "decode"
    FEATURES = "features"
    REWARD = "reward"
    SELECTION = "selection"


class Source(StrEnum):
    """Who made a selection."""

    STRATEGY = "strategy"
    USER = "user"


class Need(StrEnum):
    """What a strategy must see of the candidates before it decides."""

    IMAGES = "images"
    FEATURES = "features"
    SCORES = "scores"


@dataclass(frozen=True)
class ScaleSchedule:
    """Token grids (h, w) per scale, coarse to fine."""

    sizes: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.sizes)

    def tokens(self, scale: int) -> int:
        """Tokens of one scale."""
        return self.sizes[scale][0] * self.sizes[scale][1]

    @property
    def total_tokens(self) -> int:
        """Tokens of all scales together."""
        return sum(h * w for h, w in self.sizes)


@dataclass(frozen=True)
class Run:
    """The recipe that every state of a run shares: with the same model files it determines every bit."""

    model: str
    prompt: str
    seed: int
    search: ResolvedSearch
    schedule: ScaleSchedule
    batch: tuple[int, ...]
    """Candidates that live on after each scale's decision, the factor N included."""


@dataclass(frozen=True)
class SearchState:
    """An immutable point of a search; stepping an old one rewinds, committing twice branches.

    `id` is a digest of the recipe and of every selection on the way, so the same choices give the same id.
    """

    run: Run
    id: str
    parent_id: str | None
    scale: int
    """Number of scales generated so far."""
    candidate_ids: tuple[str, ...]
    """Stable, never reused, in lineage order; the copies of a duplicated candidate get new ids."""
    bits: tuple[Tensor, ...]
    """Per scale uint8 [B, h, w, D] on the tokenizer's grid: the whole truth."""
    score_history: Tensor
    """float32 [B, scale], NaN where the search did not score."""
    kv: Any = field(default=None, compare=False, repr=False)
    """A cache owned by the backend; may be dropped at any time, is rebuilt from the bits."""
    choices: tuple[tuple[int, ...], ...] = ()
    """The parents chosen after each scale on the way here; one fewer than `scale` where the last is still open.

    A way back is, in these, copies of the candidates' ancestors.
    """
    path: tuple[Move, ...] = ()
    """Where somebody went back on the way here, every choice and way back in their order; empty elsewhere."""
    ahead: Ahead | None = field(default=None, compare=False, repr=False)
    """After a way back, what is settled of the scales up to where it was turned; it follows from the path."""

    seconds: float = field(default=0.0, compare=False, repr=False)
    """Of computing, measured on the way here in this process; a run that is opened again counts from there."""

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every choice and way back that led here."""
        return self.path or self.choices

    @property
    def done(self) -> bool:
        """Whether every scale has been generated."""
        return self.scale == len(self.run.schedule)

    def __len__(self) -> int:
        return len(self.candidate_ids)


@dataclass(frozen=True)
class Candidates:
    """What is known of the candidates of a state; None where nobody looked."""

    images: Tensor | None = None
    """uint8 [B, H, W, 3], RGB."""
    features: Tensor | None = None
    """float32 [B, L, C], patch features."""
    scores: Tensor | None = None
    """float32 [B], the reward of each image for the prompt."""
    labels: Tensor | None = None
    """int64 [B], cluster of each candidate."""
    probabilities: Tensor | None = None
    """float64 [B], resampling probabilities; they sum to 1."""
    clustering_input: Tensor | None = None
    """float32 [B, F], the vectors that k-means saw."""


@dataclass(frozen=True, kw_only=True)
class Pictured(Candidates):
    """Candidates whose images are known."""

    images: Tensor = field(default_factory=required)


@dataclass(frozen=True, kw_only=True)
class Featured(Pictured):
    """Candidates whose images and features are known: what a clustering decides by."""

    features: Tensor = field(default_factory=required)


@dataclass(frozen=True, kw_only=True)
class Scored(Pictured):
    """Candidates whose images and scores are known: what a decision by reward goes by."""

    scores: Tensor = field(default_factory=required)


@dataclass(frozen=True, kw_only=True)
class Observation(Featured, Scored):
    """Candidates of which everything that can be looked at is known."""

    images: Tensor = field(default_factory=required)
    features: Tensor = field(default_factory=required)
    scores: Tensor = field(default_factory=required)


@dataclass(frozen=True)
class Selection:
    """Which candidates of a grown state live on, as indices; a repeat duplicates."""

    parents: tuple[int, ...]
    source: Source = Source.USER
    reason: str = ""


@dataclass(frozen=True)
class ComponentCost:
    """What one component took: seconds of wall clock, floating-point operations, peak bytes, items processed."""

    seconds: float = 0.0
    flops: float = 0.0
    peak_bytes: int = 0
    items: int = 0

    def __add__(self, other: ComponentCost) -> ComponentCost:
        return ComponentCost(
            self.seconds + other.seconds,
            self.flops + other.flops,
            max(self.peak_bytes, other.peak_bytes),
            self.items + other.items,
        )


@dataclass(frozen=True)
class StepCost:
    """Cost by component; adding two adds seconds, FLOPs and items and keeps the higher peak."""

    parts: dict[Component, ComponentCost] = field(default_factory=dict[Component, ComponentCost])

    def __add__(self, other: StepCost) -> StepCost:
        parts = dict(self.parts)
        for name, cost in other.parts.items():
            parts[name] = parts[name] + cost if name in parts else cost
        return StepCost(parts)

    @property
    def seconds(self) -> float:
        """Wall-clock seconds of all components."""
        return sum(p.seconds for p in self.parts.values())

    @property
    def flops(self) -> float:
        """Floating-point operations of all components."""
        return sum(p.flops for p in self.parts.values())


@dataclass(frozen=True)
class Proposal:
    """A strategy's answer: the selection, and the evidence for it that a person should see."""

    selection: Selection
    candidates: Candidates


@dataclass(frozen=True)
class StepResult:
    """One generated scale, waiting for `Engine.commit`."""

    grown: SearchState
    candidates: Candidates
    proposal: Selection
    cost: StepCost
    decision: Decision | None
    keep: int
    """How many candidates the schedule wants to live on."""
    back: Turn | None = None
    """Where the strategy goes back instead: what `Engine.commit` does where nobody chooses otherwise."""

    @property
    def scale(self) -> int:
        """Index of the scale just generated, counting from 0."""
        return self.grown.scale - 1
