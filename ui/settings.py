"""From the fields of the set-up rail to a SearchConfig; every complaint names its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ttsvar.config import SEARCHES, SearchConfig
from ttsvar.errors import ConfigError, ScheduleError, TTSVarError
from ttsvar.schedule import default_batch, resolve_batch
from ttsvar.types import ScaleSchedule

PROMPT_LIMIT = 300


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
    batch: str
    cluster_scales: str
    resample_scales: str
    extractor: str
    potential: str
    lam: float | None
    cfg: str
    tau: str
    top_p: float | None


def read_prompt(prompt: str | None) -> str:
    """The prompt without surplus blanks; FieldError where it is empty or far too long."""
    text = " ".join((prompt or "").split())
    if not text:
        raise FieldError("prompt", "Write what the picture should show, or choose an example below.")
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
    base = SEARCHES.get(fields.search)
    if base is None:
        raise FieldError("search", f"There is no search named {fields.search!r}; choose one of the list.")
    if fields.n is None or fields.n != int(fields.n) or not 1 <= fields.n <= 8:
        raise FieldError("n", "N is a whole number from 1 to 8; it multiplies the schedule.")
    try:
        search = replace(
            base, n=int(fields.n), extractor=fields.extractor, potential=fields.potential,
            cluster_scales=_whole(fields.cluster_scales, "cluster"),
            resample_scales=_whole(fields.resample_scales, "cluster"),
            lam=_number(fields.lam, "\u03bb"), top_p=_number(fields.top_p, "top-p"),
            cfg=_numbers(fields.cfg, "Guidance"), tau=_numbers(fields.tau, "\u03c4"),
        )  # fmt: skip
    except ConfigError as error:
        raise FieldError("advanced", str(error)) from error
    batch = _whole(fields.batch, "batch")
    try:
        search = replace(search, batch=batch or None)
        if batch and batch == default_batch(search, len(schedule)):
            search = replace(search, batch=None)
        resolve_batch(search, schedule)
    except ScheduleError as error:
        raise FieldError("batch", str(error), error.scale) from error
    except ConfigError as error:
        raise FieldError("advanced", str(error)) from error
    return search


def batch_text(name: str, schedule: ScaleSchedule) -> str:
    """The named search's own schedule as the field shows it."""
    return _listed(default_batch(SEARCHES[name], len(schedule)))


def default_fields(engine: Any, name: str = "tts-var") -> Fields:
    """A named search as the fields show it, with what it leaves to the model filled in."""
    search = engine.resolve(SEARCHES[name])
    return Fields(
        name, search.n, batch_text(name, engine.schedule), _listed(search.cluster_scales),
        _listed(search.resample_scales), search.extractor, search.potential, search.lam, f"{search.cfg:g}",
        f"{search.tau:g}", search.top_p,
    )  # fmt: skip


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def _whole(text: str, field: str) -> tuple[int, ...]:
    parts = [p for p in re.split(r"[\s,;]+", text or "") if p]
    for place, part in enumerate(parts):
        if not re.fullmatch(r"-?\d{1,5}", part):
            where = f"Scale {place}" if field == "batch" else "The list of scales"
            raise FieldError(
                field, f"{where} says {part!r}; it must be a whole number.", place if field == "batch" else None
            )
    return tuple(map(int, parts))


def _number(value: float | None, name: str) -> float:
    if value is None:
        raise FieldError("advanced", f"{name} is empty; it must be a number.")
    return float(value)


def _numbers(text: str | float, name: str) -> float | tuple[float, ...]:
    parts = [p for p in re.split(r"[\s,;]+", str(text)) if p]
    try:
        values = tuple(float(p) for p in parts)
    except ValueError:
        raise FieldError("advanced", f"{name} is {text!r}; give one number, or one for each scale.") from None
    if not values:
        raise FieldError("advanced", f"{name} is empty; it must be a number.")
    return values[0] if len(values) == 1 else values
