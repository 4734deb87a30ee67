"""Fill, check and explain the set-up fields. No torch here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ttsvar.choices import EXTRACTORS, POTENTIALS
from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError, PromptError, TTSVarError
from ttsvar.families.registry import MODELS, models_here
from ttsvar.schedule import decisions, resolve_batch
from ttsvar.types import Run

from ..shell.quirks import Values
from . import searches
from .fields import (
    MOST_SCALES,
    FieldError,
    Fields,
    fields_of,
    read_plan,
    read_prompt,
    read_search,
    read_seed,
)  # fmt: skip
from .schedule import decisions_note, schedule_html
from .view import Choices

PIXELS = 16
"""Edge of what one token of the finest scale stands for, in every family."""
BROUGHT = ("n", "plan", "potential", "lam")
"""What a named search brings of its own."""
EVERY_MODEL = "The words of this model are not limited."


@dataclass(frozen=True)
class Notes:
    """What stands beside the fields, each by the name of its component."""

    prompt_note: str
    number_note: str
    search_note: str
    plan_note: str
    advanced_note: str
    bars: str
    plan: dict[str, Any]
    """Which cell of the schedule is wrong, and why."""
    negative_note: str

    def values(self) -> Values:
        """The values by name, as handlers return them."""
        return dict(vars(self))


NOTES = tuple(Notes.__dataclass_fields__)
"""Names of the components that hold notes."""


class SetupChecks:
    """What the set-up fields offer and say, over one engine."""

    def __init__(self, engine: Any, reward: str | None = None) -> None:
        """`reward` is what the fields begin with, where it is not the usual one."""
        self.engine = engine
        self.first = SearchConfig() if reward is None else SearchConfig(reward=reward)

    def choices(self, weights: Path | None = None) -> Choices:
        """What the rail offers over this engine, and the default search; `weights` may hold files of other models."""
        engine, search = self.engine, self.engine.resolve(self.first)
        prompts = engine.prompts
        fields = fields_of(engine, search)
        notes = self.notes("", fields, None)
        height, width = engine.schedule.sizes[-1]
        shape = f"{PIXELS * width} \u00d7 {PIXELS * height} px"
        about = f"{len(engine.schedule)} scales, {shape}, on {str(engine.device).upper()}"
        resolutions = MODELS[engine.name].resolutions if engine.name in MODELS else ()
        # What the fields begin with is downloaded when it is first used, everything else is on this machine.
        extractors = tuple(e for e in EXTRACTORS if e in (*engine.extractors, search.extractor))
        judges = tuple(dict.fromkeys((*engine.rewards, search.reward)))
        classes = tuple((shown, prompts.read(shown)) for shown in prompts.choices)
        return Choices(
            engine.name, about, models_here(weights), resolutions, classes, prompts.examples, extractors, POTENTIALS,
            judges, prompts.options, search, fields.lam, fields.plan, notes.bars, notes.plan_note,
        )  # fmt: skip

    def read(self, prompt: str, seed: float, fields: Fields, begin: Callable[[str, SearchConfig, int], Any]) -> Any:
        """Begin a run with the fields; FieldError where one of them, or the engine, refuses."""
        listed = bool(self.engine.prompts.choices)
        try:
            return begin(read_prompt(prompt, listed), read_search(fields, self.engine.schedule), read_seed(seed))
        except FieldError:
            raise
        except PromptError as error:
            raise FieldError("prompt", str(error)) from error
        except ConfigError as error:
            raise FieldError("advanced", str(error)) from error
        except TTSVarError as error:
            raise FieldError("search", str(error)) from error

    def recipe(self, run: Run) -> Values:
        """Prompt, seed and settings of a run, by the names of the fields that take them."""
        return {"prompt": run.prompt, "seed": run.seed, **vars(fields_of(self.engine, run.search))}

    def check_prompt(self, prompt: str | None) -> str:
        """The note under the prompt: words that the model does not know."""
        unknown = self.engine.prompts.unknown(prompt) if prompt and prompt.strip() else ()
        if not unknown:
            return ""
        marked = " or ".join(f"\u201c<mark>{escape(w)}</mark>\u201d" for w in dict.fromkeys(unknown))
        words = ", ".join(sorted(escape(w) for w in self.engine.prompts.vocabulary)) or EVERY_MODEL
        return (
            f'<div class="note unknown" role="status">The {escape(self.engine.name)} does not know {marked}.'
            f"<details><summary>See its words</summary><p>{words}</p></details></div>"
        )

    def check_negative(self, fields: Fields, search: SearchConfig | None) -> str:
        """The note under what the picture is led away from: words that the model does not know, or no effect."""
        if not search or not search.negative:
            return ""
        guidance = self.engine.resolve(search).cfg
        if set(guidance if isinstance(guidance, tuple) else (guidance,)) == {1.0}:
            return '<p class="note" role="status">Guidance is 1, which leads nowhere: raise it for an effect.</p>'
        return self.check_prompt(fields.negative)

    def choose_search(self, name: str) -> Values:
        """A named search brings its own N, schedule, potential and lambda; one's own starts from what is there."""
        search = searches.base(name)
        if search is None or name == searches.CUSTOM:
            return {}
        fields = fields_of(self.engine, search)
        return {name: getattr(fields, name) for name in BROUGHT}

    def notes(self, prompt: str, fields: Fields, error: FieldError | None) -> Notes:
        """Every note for these values; `error` is what else was refused, the settings are read again here."""
        search = None
        try:
            search = read_search(fields, self.engine.schedule)
        except FieldError as wrong:
            error = error or wrong
        scale = error.scale if error is not None and error.field == "batch" else None

        def beside(*names: str) -> str:
            return _complaint(str(error)) if error is not None and error.field in names else ""

        plan, bars = self._overview(search, fields, scale)
        if beside("batch"):
            plan = beside("batch") if scale is None else _complaint(f"Scale {scale} cannot be run; its cell says why.")
        return Notes(
            prompt_note=beside("prompt") or self.check_prompt(prompt),
            number_note=beside("seed", "n"),
            search_note=beside("search") or self._about(fields, search),
            plan_note=plan,
            advanced_note=beside("advanced"),
            bars=bars,
            plan=gr.update(wrong=-1 if scale is None else scale, message=escape(str(error or ""))),
            negative_note=self.check_negative(fields, search),
        )

    def _overview(self, search: SearchConfig | None, fields: Fields, wrong: int | None) -> tuple[str, str]:
        """The sentence on the schedule, and its columns."""
        if search is None:
            return "", schedule_html(*_cells(fields.plan), wrong)
        batch = resolve_batch(search, self.engine.schedule)
        decided = {k: str(kind) for k, kind in enumerate(decisions(search, len(batch))) if kind}
        return f'<p class="note">{decisions_note(decided)}</p>', schedule_html(batch, decided)

    def _about(self, fields: Fields, search: SearchConfig | None) -> str:
        """The search's line, and what was changed of it."""
        base, line = searches.base(fields.search), escape(searches.line(fields.search))
        if search is None or base is None or fields.search == searches.CUSTOM:
            return f'<p class="note">{line}</p>'
        base = self.engine.resolve(base)
        names = {
            "batch": "schedule", "cluster_scales": "marks", "resample_scales": "marks", "extractor": "clusters on",
            "potential": "potential", "lam": "\u03bb", "reward": "reward", "cfg": "guidance",
            "tau": "\u03c4", "top_p": "top-p", "negative": "led away from", "positive": "faces",
            "cfg_layers": "guided at",
        }  # fmt: skip
        changed = list(
            dict.fromkeys(text for name, text in names.items() if getattr(search, name) != getattr(base, name))
        )
        told = f" <b>Changed: {', '.join(changed)}.</b>" if changed else ""
        return f'<p class="note">{line}{told}</p>'


def _complaint(text: str) -> str:
    return f'<p class="err" role="alert">{escape(text)}</p>'


def _cells(plan: str) -> tuple[tuple[int, ...], dict[int, str]]:
    """What can be drawn of a plan that may be broken: numbers and marks."""
    sizes, marks = [], {}
    for scale, cell in enumerate(plan.split()[:MOST_SCALES]):
        try:
            (size,), mark = read_plan(cell)
        except FieldError:
            size, mark = 0, {}
        sizes.append(size if size < 10**4 else 1)
        marks[scale] = mark.get(0, "")
    return tuple(sizes), marks
