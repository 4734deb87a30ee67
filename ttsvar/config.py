"""Settings of a search, open and resolved, and the table of every named search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Never, TypeVar

from ttsvar.choices import Decision, Potential, Resampling
from ttsvar.errors import ConfigError
from ttsvar.registry import Registry
from ttsvar.settings import SETTINGS
from ttsvar.values import PerScale

if TYPE_CHECKING:
    from ttsvar.strategy import Strategy


STRATEGIES: Registry[Strategy] = Registry("strategy", "ttsvar.search", lambda row: row.place)
"""Every strategy that `SearchConfig.strategy` may name; each registers itself in its file."""


@dataclass(frozen=True)
class Sampling:
    """How a model draws where a search leaves it open; the defaults are Infinity's."""

    cfg: float = 3.0
    tau: float = 0.5
    top_p: float = 0.97
    top_k: int = 2


_DEFAULTS: dict[str, Any] = {row.name: row.default for row in SETTINGS.values()}


_Search = TypeVar("_Search")


class _TakesOptions(type):
    """Lets a search be made with any setting by its name: those that only some models take go into `options`.

    Type checkers know the fields alone; `search_config(name, ...)` and `dataclasses.replace` take the others, too.
    """

    def __call__(cls: type[_Search], *values: Any, **settings: Any) -> _Search:
        named = {name: settings.pop(name) for name in tuple(settings) if name in SETTINGS and SETTINGS[name].option}
        if named:
            settings["options"] = tuple({**dict(settings.get("options", ())), **named}.items())
        return type.__call__(cls, *values, **settings)


@dataclass(frozen=True)
class SearchConfig(metaclass=_TakesOptions):
    """How one run searches. `ttsvar.settings` has a row for each setting, with its check and what it does.

    `batch[k]` is how many candidates live on after the decision at scale k; scale k is generated with `batch[k-1]`
    of them, scale 0 with `batch[0]`. Every entry is multiplied by `n`. `lam`, `cfg` and `tau` are one number, or one
    per scale. `resampling` is the scheme of the draws, and `ess_share` the share of the candidates below which the
    effective sample size must fall for one to happen (1: always). A beam keeps `width` candidates at each of the
    `resample_scales`, as `children` copies each; with a `batch` of one's own, that says how many copies there are. A
    search that may go back does so where no reward reaches the `threshold`, within its `budget` and
    `budget_ms`. Where the reward
    decides, it judges what `ahead` more scales come to when every bit is the likeliest.

    The potentials max, sum and diff follow a lineage's score from scale to scale (paper, section 4.3), so that a search
    by one of them scores every scale, or the `score_scales` that it names; () stands for where it decides alone.

    None leaves a setting to the model: batch and decision scales to the plan for its number of scales
    (`schedule.PLANS`), guidance and the rest of the draw to `Backend.sampling`. `Engine.resolve` fills these in when a
    run begins, so that its recipe names every value.
    """

    strategy: str = "tts-var"
    n: int = _DEFAULTS["n"]
    batch: tuple[int, ...] | None = _DEFAULTS["batch"]
    cluster_scales: tuple[int, ...] | None = _DEFAULTS["cluster_scales"]
    resample_scales: tuple[int, ...] | None = _DEFAULTS["resample_scales"]
    extractor: str = _DEFAULTS["extractor"]
    potential: str = _DEFAULTS["potential"]
    lam: PerScale = _DEFAULTS["lam"]
    reward: str = _DEFAULTS["reward"]
    cfg: PerScale | None = _DEFAULTS["cfg"]
    tau: PerScale | None = _DEFAULTS["tau"]
    top_p: float | None = _DEFAULTS["top_p"]
    top_k: int | None = _DEFAULTS["top_k"]
    resampling: str = _DEFAULTS["resampling"]
    ess_share: float = _DEFAULTS["ess_share"]
    score_scales: tuple[int, ...] | None = _DEFAULTS["score_scales"]
    width: int = _DEFAULTS["width"]
    children: int = _DEFAULTS["children"]
    threshold: PerScale = _DEFAULTS["threshold"]
    budget: int = _DEFAULTS["budget"]
    budget_ms: int = _DEFAULTS["budget_ms"]
    ahead: int = _DEFAULTS["ahead"]
    options: tuple[tuple[str, Any], ...] = ()
    """Settings that only some models take, where they differ from their defaults; each is an attribute, too."""

    def __post_init__(self) -> None:
        STRATEGIES.named(self.strategy)
        chosen = dict(self.options)
        if strange := sorted(set(chosen) - {row.name for row in SETTINGS.options()}):
            raise ConfigError(f"There is no option named {', '.join(strange)}.")
        checked = {name: SETTINGS[name].checked(value) for name, value in chosen.items()}
        kept = sorted((name, value) for name, value in checked.items() if value != SETTINGS[name].default)
        object.__setattr__(self, "options", tuple(kept))
        for row in SETTINGS.values():
            if not row.option:
                object.__setattr__(self, row.name, row.checked(getattr(self, row.name)))

    def __getattr__(self, name: str) -> Any:
        # Only of what is no field: the settings that some models take.
        if name in SETTINGS and SETTINGS[name].option:
            return dict(self.options).get(name, SETTINGS[name].default)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def values(self) -> dict[str, Any]:
        """Every setting by name, and of those that only some models take the ones that differ from their defaults."""
        own = {f.name: getattr(self, f.name) for f in fields(SearchConfig) if f.name != "options"}
        return own | dict(self.options)

    def chosen_options(self) -> frozenset[str]:
        """Those settings that not every model takes and that differ from their defaults."""
        return frozenset(dict(self.options))


def required() -> Never:
    """The default of a field that must be given, where the class above has one."""
    raise TypeError("a value that must be given is missing")


@dataclass(frozen=True, kw_only=True)
class ResolvedSearch(SearchConfig):
    """A search as a model runs it: nothing is left open, so a recipe with these settings names every value.

    Only `batch` and `score_scales` may be None. The schedule is then the strategy's own (what it comes to is
    `Run.batch`), and scores are seen where the strategy asks for them alone, as in recipes that name no such scales.
    """

    cluster_scales: tuple[int, ...] = field(default_factory=required)
    resample_scales: tuple[int, ...] = field(default_factory=required)
    cfg: PerScale = field(default_factory=required)
    tau: PerScale = field(default_factory=required)
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

    def threshold_at(self, scale: int) -> float:
        """Reward that a search which may go back is content with after a scale."""
        return _at(self.threshold, scale)

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


def _at(value: PerScale, scale: int) -> float:
    return float(value[scale] if isinstance(value, tuple) else value)


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
