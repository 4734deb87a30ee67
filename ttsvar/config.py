"""Settings of a search, and the table of every named search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ttsvar.errors import ConfigError

EXTRACTORS = ("pca", "pca-raw", "pool", "inception")
POTENTIALS = ("value", "max", "sum", "diff")
RESAMPLINGS = ("multinomial", "stratified", "systematic", "residual")
STRATEGIES = (
    "raw", "best-of-n", "importance-sampling", "tts-var", "cluster-only", "resample-only", "beam", "smc", "early-pick",
)  # fmt: skip
CLUSTERING_STRATEGIES = ("tts-var", "cluster-only")
RESAMPLING_STRATEGIES = ("tts-var", "resample-only", "importance-sampling", "smc")
SELECTING_STRATEGIES = ("beam", "early-pick")


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
        _require(self.strategy in STRATEGIES, "strategy", self.strategy, f"one of {', '.join(STRATEGIES)}")
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

    def at_scale(self, name: str, scale: int) -> float:
        """The value of `lam`, `cfg` or `tau` at a scale; raises ConfigError where it is left to the model."""
        value = self.settled(name)
        return float(value[scale]) if isinstance(value, tuple) else float(value)

    def decision(self, scale: int) -> str | None:
        """'cluster', 'resample', 'select' or None: what the strategy decides after this scale.

        Raises ConfigError where the decision scales are left to the model.
        """
        if self.strategy in CLUSTERING_STRATEGIES and scale in self.settled("cluster_scales"):
            return "cluster"
        if self.strategy in RESAMPLING_STRATEGIES and scale in self.settled("resample_scales"):
            return "resample"
        selects = self.strategy in SELECTING_STRATEGIES and scale in self.settled("resample_scales")
        return "select" if selects else None

    def settled(self, name: str) -> Any:
        """The value of a setting; raises ConfigError where it is left to the model."""
        value = getattr(self, name)
        if value is None:
            raise ConfigError(f"{name} is left to the model; `Engine.resolve` says what it is there.")
        return value


def _within(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and low <= value <= high


def _require(ok: bool, name: str, value: object, expected: str) -> None:
    if not ok:
        raise ConfigError(f"{name} is {value!r}; it must be {expected}.")


SEARCHES: dict[str, SearchConfig] = {
    "raw": SearchConfig(strategy="raw"),
    "best-of-n": SearchConfig(strategy="best-of-n", n=4),
    "importance-sampling": SearchConfig(strategy="importance-sampling", n=4),
    "tts-var": SearchConfig(strategy="tts-var"),
    "cluster-only": SearchConfig(strategy="cluster-only"),
    "resample-only": SearchConfig(strategy="resample-only"),
    "beam": SearchConfig(strategy="beam"),
    "greedy": SearchConfig(strategy="beam", width=1),
    "smc": SearchConfig(strategy="smc", n=4, potential="max", resampling="systematic", ess_share=0.5),
    "smc-diff": SearchConfig(strategy="smc", n=4, potential="diff", resampling="systematic", ess_share=0.5),
    "smc-always": SearchConfig(strategy="smc", n=4, potential="max"),
    "early-pick": SearchConfig(strategy="early-pick", width=2, children=6),
}
"""Every named search. `replace(SEARCHES[name], n=2)` adapts one."""


def search_config(name: str, **changes: object) -> SearchConfig:
    """A named search with some settings changed; an unknown name is refused with the list of names."""
    if name not in SEARCHES:
        raise ConfigError(f"There is no search named {name!r}; choose one of {', '.join(SEARCHES)}.")
    return replace(SEARCHES[name], **changes)  # type: ignore[arg-type]
