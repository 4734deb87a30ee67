"""From the values of the set-up fields, by name, to a SearchConfig and back; every complaint names its field."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ttsvar.choices import Decision
from ttsvar.config import STRATEGIES, SearchConfig
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import ConfigError, ScheduleError, TTSVarError
from ttsvar.schedule import decision_scales, decisions, default_batch, resolve_batch
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS
from ttsvar.types import ScaleSchedule
from ttsvar.values import Flag, Share, Text, UnfitError, Whole, is_whole, whole_number

from ..shell.quirks import Values
from . import searches

PROMPT_LIMIT = 4000
"""Characters, against abuse; how many tokens a prompt may have is the model's to say, when a run begins."""
MOST_N = 8
MOST_SCALES = 64
MOST_SEED = 2**31 - 1
BY_REWARD = (Decision.RESAMPLE, Decision.SELECT)
"""Marks of a decision by reward: a search draws there, or takes the highest."""


class FieldError(TTSVarError):
    """A field of the rail holds something that cannot be used; `scale` names the cell of a schedule."""

    def __init__(self, field: str, message: str, scale: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.scale = scale


def read_prompt(prompt: str | None, listed: bool = False) -> str:
    """The prompt without surplus blanks; FieldError where it is empty or far too long.

    `listed` where prompts are chosen from a list.
    """
    text = " ".join((prompt or "").split())
    if not text:
        asked = "Choose what the picture should show" if listed else "Write what the picture should show"
        raise FieldError("prompt", f"{asked}, or take an example below.")
    if not is_whole(text):
        raise FieldError("prompt", "This prompt holds half a character, as a copy that was cut does; type it again.")
    if len(text) > PROMPT_LIMIT:
        raise FieldError("prompt", f"This prompt has {len(text)} characters; {PROMPT_LIMIT} are the most. Shorten it.")
    return text


def read_seed(seed: object) -> int:
    """A whole number from 0 to 2^31 - 1."""
    return _whole("seed", seed, 0, MOST_SEED, f"The seed is a whole number from 0 to {MOST_SEED}.")


def read_search(values: Values, schedule: ScaleSchedule) -> SearchConfig:
    """The checked search; FieldError names the field, and the cell of a broken schedule.

    `values` holds by name `search`, `n`, `plan` and every setting that has a label. `plan` says per scale how many live
    on and what is decided, as in `8 8 6:cluster 6`; empty for the search's own.
    """
    name = str(values["search"])
    base = searches.base(name)
    if base is None:
        raise FieldError("search", f"There is no search named {name!r}; choose one of the list.")
    n = _whole("n", values["n"], 1, MOST_N, f"N is a whole number from 1 to {MOST_N}; it multiplies the schedule.")
    clusters, resamples = decision_scales(base, len(schedule))
    own = {row.name: read_setting(row, values[row.name]) for row in SETTINGS.on_page()}
    try:
        search = replace(base, cluster_scales=clusters, resample_scales=resamples, n=n, **own)
    except ConfigError as error:
        raise FieldError("advanced", str(error)) from error
    try:
        search = _with_plan(search, name, str(values["plan"]), schedule)
        resolve_batch(search, schedule)
    except ScheduleError as error:
        raise FieldError("batch", str(error), error.scale) from error
    except ConfigError as error:
        raise FieldError("advanced", str(error)) from error
    return search


def read_setting(row: Setting[Any], raw: Any) -> Any:
    """The value of a setting's field: text, a number or a tick, as the browser sent it; FieldError where it is none.

    Its range is checked where a search is made of it.
    """
    called = row.short[:1].upper() + row.short[1:] if row.short.isascii() else row.short
    empty = raw is None or (isinstance(raw, str) and not raw.strip())
    if empty and row.blank:
        return None
    if raw is None or (empty and not isinstance(row.kind, Text)):
        raise FieldError("advanced", f"{called} is empty; give {row.kind.wording}.")
    try:
        return row.kind.parse(raw) if isinstance(raw, str) else row.kind.from_json(raw)
    except UnfitError as error:
        raise FieldError("advanced", f"{called} is {raw!r:.40}; give {error}.") from None


def shown(row: Setting[Any], value: Any) -> Any:
    """The value as its field holds it: the inverse of `read_setting`."""
    return value if isinstance(row.kind, Flag | Share | Whole) else row.kind.show(value)


def field_names() -> tuple[str, ...]:
    """Names of the fields that a search is made of."""
    return ("search", "n", "plan", *(row.name for row in SETTINGS.on_page()))


def plan_text(search: SearchConfig, schedule: ScaleSchedule) -> str:
    """A search's schedule before the factor N, as the cells of the rail hold it."""
    batch = search.batch or default_batch(search, len(schedule))
    cells = zip(batch, decisions(search, len(schedule)), strict=True)
    return " ".join(f"{size}:{kind}" if kind else f"{size}" for size, kind in cells)


def fields_of(engine: SearchEngine, search: SearchConfig) -> Values:
    """The values of the fields for a search, what it leaves open filled in: the inverse of `read_search`."""
    resolved = engine.resolve(search)
    own = {row.name: _field_of(row, resolved, engine) for row in SETTINGS.on_page()}
    return {"search": searches.name_of(search), "n": search.n, "plan": plan_text(search, engine.schedule), **own}


def _field_of(row: Setting[Any], resolved: SearchConfig, engine: SearchEngine) -> Any:
    """What a field holds of a search; nothing where it may stay empty and the search would have the same then."""
    value = getattr(resolved, row.name)
    if not row.blank:
        return shown(row, value)
    left_open = engine.resolve(SearchConfig(**{**resolved.values(), row.name: None}))
    return "" if value == getattr(left_open, row.name) else shown(row, value or ())


def _whole(field: str, value: object, low: int, high: int, message: str) -> int:
    try:
        return whole_number(value, low, high)
    except UnfitError:
        raise FieldError(field, message) from None


def _with_plan(search: SearchConfig, name: str, plan: str, schedule: ScaleSchedule) -> SearchConfig:
    """The search with the cells' numbers and marks; its own stay where the cells agree with them."""
    if not plan.strip():
        return search
    sizes, marks = read_plan(plan)
    if marks != {k: kind for k, kind in enumerate(decisions(search, len(schedule))) if kind}:
        early = STRATEGIES[search.strategy].decision
        clusters = tuple(k for k, mark in marks.items() if mark not in BY_REWARD or early(k, (k,), ()) == mark)
        rewards = tuple(k for k in marks if k not in clusters)
        search = replace(search, cluster_scales=clusters, resample_scales=rewards)
        decided = decisions(search, len(schedule))
        for scale, mark in marks.items():
            does = decided[scale] if scale < len(schedule) else mark
            if does != mark and not (does in BY_REWARD and mark in BY_REWARD):
                title, own = searches.title(name), searches.title(searches.CUSTOM)
                message = f"Scale {scale}: {title} does not {mark}. Take the mark off, or choose the search {own}."
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
