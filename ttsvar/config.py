"""Settings of a search, open and resolved, and the table of every named search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Never

from ttsvar.errors import ConfigError
from ttsvar.registry import Registry

if TYPE_CHECKING:
    from ttsvar.strategy import Strategy


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
STRATEGIES: Registry[Strategy] = Registry("strategy", "ttsvar.search", lambda row: row.place)
"""Every strategy that `SearchConfig.strategy` may name; each registers itself in its file."""


@dataclass(frozen=True)
class Sampling:
    """How a model draws where a search leaves it open; the defaults are Infinity's."""

    cfg: float = 3.0
    tau: float = 0.5
    top_p: float = 0.97
    top_k: int = 2


@dataclass(frozen=True)
class SearchConfig:
    """How one run searches.

    `batch[k]` is how many candidates live on after the decision at scale k; scale k is generated with `batch[k-1]`
    of them, scale 0 with `batch[0]`. Every entry is multiplied by `n`. `lam`, `cfg` and `tau` are one number, or one
    per scale. `resampling` is the scheme of the draws, and `ess_share` the share of the candidates below which the
    effective sample size must fall for one to happen (1: always). A beam keeps `width` candidates at each of the
    `resample_scales`, as `children` copies each; with a `batch` of one's own, that says how many copies there are.

    None leaves a setting to the model: batch and decision scales to the plan for its number of scales
    (`schedule.PLANS`), guidance and the rest of the draw to `Backend.sampling`. `Engine.resolve` fills these in when a
    run begins, so that its recipe names every value.
    """

    strategy: str = "tts-var"
    n: int = 1
    batch: tuple[int, ...] | None = None
    cluster_scales: tuple[int, ...] | None = None
    resample_scales: tuple[int, ...] | None = None
    extractor: str = "pca"
    potential: str = "value"
    lam: float | tuple[float, ...] = 10.0
    reward: str = "image-reward"
    cfg: float | tuple[float, ...] | None = None
    tau: float | tuple[float, ...] | None = None
    top_p: float | None = None
    top_k: int | None = None
    resampling: str = "multinomial"
    ess_share: float = 1.0
    width: int = 2
    children: int = 4
    cfg_layers: tuple[int, ...] = (0,)
    """Where guidance acts: 0 on the logits, -k on the output of the k-th block from the end (Infinity)."""
    negative: str = ""
    """A text to be led away from, in place of the learned unconditional one (Infinity)."""
    positive: bool = False
    """Ask for good faces where the prompt names people, as Infinity's scripts do."""

    def __post_init__(self) -> None:
        for name in ("batch", "cluster_scales", "resample_scales", "lam", "cfg", "tau", "cfg_layers"):
            if isinstance(value := getattr(self, name), list):
                object.__setattr__(self, name, tuple(value))
        _require(isinstance(self.negative, str), "negative", self.negative, "a text")
        object.__setattr__(self, "negative", " ".join(self.negative.split()))
        for name in ("cluster_scales", "resample_scales"):
            scales = getattr(self, name)
            whole = scales is None or (isinstance(scales, tuple) and all(isinstance(k, int) for k in scales))
            _require(whole, name, scales, "a list of whole numbers; scales count from 0")
        STRATEGIES.named(self.strategy)
        _require(self.extractor in EXTRACTORS, "extractor", self.extractor, f"one of {', '.join(EXTRACTORS)}")
        _require(self.potential in POTENTIALS, "potential", self.potential, f"one of {', '.join(POTENTIALS)}")
        _require(isinstance(self.n, int) and 1 <= self.n <= 64, "n", self.n, "a whole number from 1 to 64")
        _require(self.resampling in RESAMPLINGS, "resampling", self.resampling, f"one of {', '.join(RESAMPLINGS)}")
        for name in ("width", "children"):
            count = getattr(self, name)
            _require(isinstance(count, int) and 1 <= count <= 64, name, count, "a whole number from 1 to 64")
        for name, share in (("top_p", 1.0 if self.top_p is None else self.top_p), ("ess_share", self.ess_share)):
            _require(_within(share, 0.0, 1.0) and share > 0, name, share, "a number above 0 and at most 1")
        if self.top_k is not None:
            _require(isinstance(self.top_k, int) and self.top_k >= 0, "top_k", self.top_k, "0 (off) or a whole number")
        inside = bool(self.cfg_layers) and all(isinstance(k, int) and k <= 0 for k in self.cfg_layers)
        _require(inside, "cfg_layers", self.cfg_layers, "a list of whole numbers: 0 for the logits, -k for a block")
        for name, low, high in (("lam", 0.0, 1000.0), ("cfg", 0.0, 100.0), ("tau", 1e-3, 100.0)):
            value = getattr(self, name)
            values = () if value is None and name != "lam" else value if isinstance(value, tuple) else (value,)
            _require(all(_within(v, low, high) for v in values), name, value, f"number(s) from {low:g} to {high:g}")

    def chosen_options(self) -> frozenset[str]:
        """Those of `negative`, `positive` and `cfg_layers`, which not every model takes, that differ from the usual."""
        usual = {"negative": "", "positive": False, "cfg_layers": (0,)}
        return frozenset(name for name, value in usual.items() if getattr(self, name) != value)


def required() -> Never:
    """The default of a field that must be given, where the class above has one."""
    raise TypeError("a value that must be given is missing")


@dataclass(frozen=True, kw_only=True)
class ResolvedSearch(SearchConfig):
    """A search as a model runs it: nothing is left open, so a recipe with these settings names every value.

    Only `batch` may be None, which says that the schedule is the strategy's own; what it comes to is `Run.batch`.
    """

    cluster_scales: tuple[int, ...] = field(default_factory=required)
    resample_scales: tuple[int, ...] = field(default_factory=required)
    cfg: float | tuple[float, ...] = field(default_factory=required)
    tau: float | tuple[float, ...] = field(default_factory=required)
    top_p: float = field(default_factory=required)
    top_k: int = field(default_factory=required)
    potential: Potential = Potential.VALUE
    resampling: Resampling = Resampling.MULTINOMIAL

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in OPEN:
            if getattr(self, name) is None:
                raise ConfigError(f"{name} is left to the model; `Engine.resolve` says what it is there.")
        object.__setattr__(self, "potential", Potential(self.potential))
        object.__setattr__(self, "resampling", Resampling(self.resampling))

    def decision(self, scale: int) -> Decision | None:
        """What the strategy decides after this scale."""
        return STRATEGIES[self.strategy].decision(scale, self.cluster_scales, self.resample_scales)

    def lam_at(self, scale: int) -> float:
        """Lambda of the resampling weights at a scale."""
        return _at(self.lam, scale)

    def cfg_at(self, scale: int) -> float:
        """Strength of the guidance at a scale."""
        return _at(self.cfg, scale)

    def tau_at(self, scale: int) -> float:
        """Temperature at a scale."""
        return _at(self.tau, scale)


OPEN = ("cluster_scales", "resample_scales", "cfg", "tau", "top_p", "top_k")
"""Settings that a `SearchConfig` may leave to the model."""


def resolved(search: SearchConfig, **values: Any) -> ResolvedSearch:
    """The search with these values for what it leaves open; raises ConfigError where something still is."""
    own: dict[str, Any] = {f.name: getattr(search, f.name) for f in fields(SearchConfig)}
    filled = {name: value for name, value in values.items() if own[name] is None}
    return ResolvedSearch(**own | filled)


def _at(value: float | tuple[float, ...], scale: int) -> float:
    return float(value[scale] if isinstance(value, tuple) else value)


def _within(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and low <= value <= high


def _require(ok: bool, name: str, value: object, expected: str) -> None:
    if not ok:
        raise ConfigError(f"{name} is {value!r}; it must be {expected}.")


@dataclass(frozen=True)
class NamedSearch:
    """A choice of settings that people take by name."""

    name: str
    title: str
    """What it is called in a list."""
    line: str
    """What it does, in one line."""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any], hash=False)
    """What differs from the defaults of `SearchConfig`."""


class _Searches(Mapping[str, SearchConfig]):
    """Every named search, as the strategies offer them."""

    def named(self, name: str) -> NamedSearch:
        """A search with its title and its line; an unknown name raises ConfigError with the list."""
        found = self._found()
        if name not in found:
            raise ConfigError(f"There is no search named {name!r}; choose one of {', '.join(found)}.")
        return found[name][1]

    def __getitem__(self, name: str) -> SearchConfig:
        strategy, search = self._found()[name]
        return replace(SearchConfig(strategy=strategy), **search.settings)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def _found(self) -> dict[str, tuple[str, NamedSearch]]:
        return {search.name: (row.name, search) for row in STRATEGIES.values() for search in row.searches}


SEARCHES = _Searches()
"""Every named search. `replace(SEARCHES[name], n=2)` adapts one."""


def search_config(name: str, **changes: Any) -> SearchConfig:
    """A named search with some settings changed; an unknown name is refused with the list of names."""
    SEARCHES.named(name)
    return replace(SEARCHES[name], **changes)
