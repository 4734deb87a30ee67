"""From the fields of the set-up rail to a SearchConfig; every complaint names its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ttsvar.choices import Decision
from ttsvar.config import ResolvedSearch, SearchConfig
from ttsvar.errors import ConfigError, ScheduleError, TTSVarError
from ttsvar.schedule import decision_scales, decisions, default_batch, resolve_batch
from ttsvar.types import ScaleSchedule

from . import searches

PROMPT_LIMIT = 300
MOST_N = 8
MOST_SCALES = 64
BY_REWARD = (Decision.RESAMPLE, Decision.SELECT)
"""Marks of a decision by reward: a search draws there, or takes the highest."""


class FieldError(TTSVarError):
    """A field of the rail holds something that cannot be used; `scale` names the cell of a schedule."""

    def __init__(self, field: str, message: str, scale: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.scale = scale


@dataclass(frozen=True)
class Fields:
    """The raw values of the rail, as the browser sent them."""

    search: str
    n: float | None
    plan: str
    """Per scale how many live on and what is decided, as in `8 8 6:cluster 6`; empty for the search's own."""
    extractor: str
    potential: str
    lam: str
    reward: str
    cfg: str
    tau: str
    top_p: float | None
    negative: str = ""
    positive: bool = False
    cfg_layers: str = "0"


def read_prompt(prompt: str | None, listed: bool = False) -> str:
    """The prompt without surplus blanks; FieldError where it is empty or far too long.

    `listed` where prompts are chosen from a list.
    """
    text = " ".join((prompt or "").split())
    if not text:
        asked = "Choose what the picture should show" if listed else "Write what the picture should show"
        raise FieldError("prompt", f"{asked}, or take an example below.")
    if len(text) > PROMPT_LIMIT:
        raise FieldError("prompt", f"This prompt has {len(text)} characters; {PROMPT_LIMIT} are enough. Shorten it.")
    return text


def read_seed(seed: float | None) -> int:
    """A whole number from 0 to 2^31 - 1."""
    if seed is None or seed != int(seed) or not 0 <= seed < 2**31:
        raise FieldError("seed", "The seed is a whole number from 0 to 2147483647.")
    return int(seed)


def read_search(fields: Fields, schedule: ScaleSchedule) -> SearchConfig:
    """The checked search; FieldError names the field, and the cell of a broken schedule."""
    base = searches.base(fields.search)
    if base is None:
        raise FieldError("search", f"There is no search named {fields.search!r}; choose one of the list.")
    if fields.n is None or fields.n != int(fields.n) or not 1 <= fields.n <= MOST_N:
        raise FieldError("n", f"N is a whole number from 1 to {MOST_N}; it multiplies the schedule.")
    clusters, resamples = decision_scales(base, len(schedule))
    try:
        search = replace(
            base, cluster_scales=clusters, resample_scales=resamples, n=int(fields.n),
            extractor=fields.extractor, potential=fields.potential, reward=fields.reward,
            lam=_numbers(fields.lam, "\u03bb"), top_p=_number(fields.top_p, "top-p"),
            cfg=_numbers(fields.cfg, "Guidance"), tau=_numbers(fields.tau, "\u03c4"),
            negative=" ".join((fields.negative or "").split()), positive=bool(fields.positive),
            cfg_layers=_layers(fields.cfg_layers),
        )  # fmt: skip
    except ConfigError as error:
        raise FieldError("advanced", str(error)) from error
    try:
        search = _with_plan(search, fields, schedule)
        resolve_batch(search, schedule)
    except ScheduleError as error:
        raise FieldError("batch", str(error), error.scale) from error
    except ConfigError as error:
        raise FieldError("advanced", str(error)) from error
    return search


def plan_text(search: SearchConfig, schedule: ScaleSchedule) -> str:
    """A search's schedule before the factor N, as the cells of the rail hold it."""
    batch = search.batch or default_batch(search, len(schedule))
    cells = zip(batch, decisions(search, len(schedule)), strict=True)
    return " ".join(f"{size}:{kind}" if kind else f"{size}" for size, kind in cells)


def fields_of(engine: Any, search: SearchConfig) -> Fields:
    """The rail's values for a search, with what it leaves to the model filled in: the inverse of `read_search`."""
    resolved: ResolvedSearch = engine.resolve(search)

    def told(value: float | tuple[float, ...]) -> str:
        return ", ".join(f"{v:g}" for v in (value if isinstance(value, tuple) else (value,)))

    return Fields(
        searches.name_of(search), search.n, plan_text(search, engine.schedule), search.extractor,
        str(search.potential), told(search.lam), search.reward, told(resolved.cfg), told(resolved.tau), resolved.top_p,
        search.negative, search.positive, ", ".join(map(str, search.cfg_layers)),
    )  # fmt: skip


def _with_plan(search: SearchConfig, fields: Fields, schedule: ScaleSchedule) -> SearchConfig:
    """The search with the cells' numbers and marks; its own stay where the cells agree with them."""
    if not fields.plan.strip():
        return search
    sizes, marks = read_plan(fields.plan)
    if marks != {k: kind for k, kind in enumerate(decisions(search, len(schedule))) if kind}:
        clusters = tuple(k for k, mark in marks.items() if mark not in BY_REWARD)
        rewards = tuple(k for k, mark in marks.items() if mark in BY_REWARD)
        search = replace(search, cluster_scales=clusters, resample_scales=rewards)
        decided = decisions(search, len(schedule))
        for scale, mark in marks.items():
            does = decided[scale] if scale < len(schedule) else mark
            if does != mark and not (does in BY_REWARD and mark in BY_REWARD):
                name, own = searches.title(fields.search), searches.title(searches.CUSTOM)
                message = f"Scale {scale}: {name} does not {mark}. Take the mark off, or choose the search {own}."
                raise FieldError("batch", message, scale)
    return search if sizes == default_batch(search, len(schedule)) else replace(search, batch=sizes)


def read_plan(text: str) -> tuple[tuple[int, ...], dict[int, str]]:
    """Numbers and marks of the cells; FieldError names the cell that holds no whole number."""
    sizes, marks = [], {}
    for scale, cell in enumerate(text.split()[:MOST_SCALES]):
        size, _, mark = cell.partition(":")
        if not re.fullmatch(r"-?\d{1,5}", size):
            raise FieldError("batch", f"Scale {scale} says {size!r}; it must be a whole number.", scale)
        sizes.append(int(size))
        if mark:
            marks[scale] = mark
    return tuple(sizes), marks


def _number(value: float | None, name: str) -> float:
    if value is None:
        raise FieldError("advanced", f"{name} is empty; it must be a number.")
    return float(value)


def _layers(text: str) -> tuple[int, ...]:
    values = _numbers(text, "Guided at")
    layers = values if isinstance(values, tuple) else (values,)
    if any(layer != int(layer) for layer in layers):
        raise FieldError("advanced", f"Guided at is {text!r}; give whole numbers: 0 for the logits, -k for a block.")
    return tuple(int(layer) for layer in layers)


def _numbers(text: str | float, name: str) -> float | tuple[float, ...]:
    parts = [p for p in re.split(r"[\s,;]+", str(text)) if p]
    try:
        values = tuple(float(p) for p in parts)
    except ValueError:
        raise FieldError("advanced", f"{name} is {text!r}; give one number, or one for each scale.") from None
    if not values:
        raise FieldError("advanced", f"{name} is empty; it must be a number.")
    return values[0] if len(values) == 1 else values
