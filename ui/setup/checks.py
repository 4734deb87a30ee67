"""Fill, check and explain the set-up fields, all by name. No torch here."""

from __future__ import annotations

from collections.abc import Callable, Collection
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from ttsvar.config import SearchConfig
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import ConfigError, PromptError, TTSVarError
from ttsvar.families.registry import MODELS, models_here
from ttsvar.schedule import decisions, resolve_batch
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS
from ttsvar.toybox.worlds import world_of
from ttsvar.types import Run
from ttsvar.values import Choice

from ..shell.quirks import Values
from . import searches
from .fields import (
    MOST_SCALES,
    FieldError,
    fields_of,
    read_plan,
    read_prompt,
    read_search,
    read_seed,
)
from .nearest import nearest_prompt
from .schedule import decisions_note, schedule_html
from .view import Choices, note_name

PIXELS = 16
"""Edge of what one token of the finest scale stands for, in every family."""
EVERY_MODEL = "The words of this model are not limited."


class SetupChecks:
    """What the set-up fields offer and say, over one engine."""

    def __init__(self, engine: SearchEngine, reward: str | None = None, example: str = "") -> None:
        """`reward` is what the fields begin with, where it is not the usual one.

        `example` is what Start takes where no prompt is given; the model's first example if it is empty.
        """
        self.engine = engine
        self.world = world_of(engine.prompts.vocabulary)
        self.example = example or next(iter(engine.prompts.examples), "")
        self.first = SearchConfig() if reward is None else SearchConfig(reward=reward)

    def choices(self, weights: Path | None = None) -> Choices:
        """What the rail offers over this engine, and what it begins with; `weights` may hold files of other models."""
        engine, prompts = self.engine, self.engine.prompts
        values = fields_of(engine, engine.resolve(self.first))
        notes = self.notes({"prompt": "", **values})
        height, width = engine.schedule.sizes[-1]
        shape = f"{PIXELS * width} \u00d7 {PIXELS * height} px"
        return Choices(
            model=engine.name,
            about=f"{len(engine.schedule)} scales, {shape}, on {str(engine.device).upper()}",
            here=models_here(weights),
            resolutions=MODELS[engine.name].resolutions if engine.name in MODELS else (),
            classes=tuple((shown, prompts.read(shown)) for shown in prompts.choices),
            examples=prompts.examples,
            example=self.example,
            options=prompts.options,
            names={
                row.name: _offered(row, row.kind.names, engine, values[row.name])
                for row in SETTINGS.on_page()
                if isinstance(row.kind, Choice)
            },
            values=values,
            notes=notes,
        )

    def read(self, values: Values, begin: Callable[[str, SearchConfig, int], Any]) -> Any:
        """Begin a run with the fields; FieldError where one of them, or the engine, refuses."""
        listed = bool(self.engine.prompts.choices)
        try:
            prompt = read_prompt(values["prompt"], listed)
            return begin(prompt, read_search(values, self.engine.schedule), read_seed(values["seed"]))
        except FieldError:
            raise
        except PromptError as error:
            raise FieldError("prompt", str(error)) from error
        except ConfigError as error:
            raise FieldError("advanced", str(error)) from error
        except TTSVarError as error:
            raise FieldError("search", str(error)) from error

    def recipe(self, run: Run) -> Values:
        """Prompt, seed and settings of a run, as the fields take them."""
        return {"prompt": run.prompt, "seed": run.seed, **fields_of(self.engine, run.search)}

    def check_prompt(self, prompt: str | None) -> str:
        """The note under the prompt: words that the model does not know, or that it is too long.

        The latter is what Start says, too: the answer to the last key may come after the answer to Start.
        """
        if not prompt or not prompt.strip():
            return ""
        try:
            read_prompt(prompt)
        except FieldError as error:
            return _complaint(str(error))
        unknown = self.engine.prompts.unknown(prompt)
        if not unknown:
            return ""
        marked = " or ".join(f"\u201c<mark>{escape(w)}</mark>\u201d" for w in dict.fromkeys(unknown))
        words = ", ".join(sorted(escape(w) for w in self.engine.prompts.vocabulary)) or EVERY_MODEL
        other = nearest_prompt(prompt, self.engine.prompts, self.world)
        instead = f'<button type="button" data-prompt="{escape(other)}">Draw \u201c{escape(other)}\u201d</button>'
        return (
            f'<div class="note unknown" role="status">The {escape(self.engine.name)} does not know {marked}, so such a '
            f"picture cannot come out right. {instead if other else ''}"
            f"<details><summary>See its words</summary><p>{words}</p></details></div>"
        )

    def choose_search(self, name: str) -> Values:
        """A named search brings its own N, schedule, potential and lambda; one's own starts from what is there."""
        search = searches.base(name)
        if search is None or name == searches.CUSTOM:
            return {}
        values = fields_of(self.engine, search)
        return {name: values[name] for name in brought()}

    def notes(self, values: Values, error: FieldError | None = None) -> Values:
        """What stands beside the fields, by note; `error` is what else was refused, the settings are read again here.

        The prompt's note is left out where `values` has no prompt.
        """
        search = None
        try:
            search = read_search(values, self.engine.schedule)
        except FieldError as wrong:
            error = error or wrong
        scale = error.scale if error is not None and error.field == "batch" else None

        def beside(*names: str) -> str:
            return _complaint(str(error)) if error is not None and error.field in names else ""

        plan, bars = self._overview(search, values, scale)
        if beside("batch"):
            plan = beside("batch") if scale is None else _complaint(f"Scale {scale} cannot be run; its cell says why.")
        notes = {
            "number_note": beside("seed", "n"),
            "search_note": beside("search") or self._about(str(values["search"]), search),
            "plan_note": plan,
            "advanced_note": beside("advanced"),
            "bars": bars,
            "plan": gr.update(wrong=-1 if scale is None else scale, message=escape(str(error or ""))),
        }
        notes |= {note_name(row): self._note(row, search) for row in SETTINGS.on_page() if row.noted}
        if "prompt" in values:
            notes["prompt_note"] = beside("prompt") or self.check_prompt(values["prompt"])
        return notes

    def _note(self, row: Setting[Any], search: SearchConfig | None) -> str:
        """The note under a setting: that it changes nothing here, or words that the model does not know."""
        if search is None or (value := getattr(search, row.name)) == row.default:
            return ""
        if row.idle and (sentence := row.idle(self.engine.resolve(search))):
            return f'<p class="note" role="status">{escape(sentence)}</p>'
        return self.check_prompt(value) if row.words else ""

    def _overview(self, search: SearchConfig | None, values: Values, wrong: int | None) -> tuple[str, str]:
        """The sentence on the schedule, and its columns."""
        if search is None:
            return "", schedule_html(*_cells(str(values["plan"])), wrong)
        batch = resolve_batch(search, self.engine.schedule)
        decided = {k: str(kind) for k, kind in enumerate(decisions(search, len(batch))) if kind}
        return f'<p class="note">{decisions_note(decided)}</p>', schedule_html(batch, decided)

    def _about(self, name: str, search: SearchConfig | None) -> str:
        """The search's line, and what was changed of it."""
        base, line = searches.base(name), escape(searches.line(name))
        if search is None or base is None or name == searches.CUSTOM:
            return f'<p class="note">{line}</p>'
        named, chosen = self.engine.resolve(base), self.engine.resolve(search)
        rows = (row for row in SETTINGS.values() if row.short)
        changed = [row.short for row in rows if getattr(chosen, row.name) != getattr(named, row.name)]
        told = f" <b>Changed: {', '.join(dict.fromkeys(changed))}.</b>" if changed else ""
        return f'<p class="note">{line}{told}</p>'


def brought() -> tuple[str, ...]:
    """Names of the fields that choosing a named search fills."""
    return ("n", "plan", *(row.name for row in SETTINGS.on_page() if row.by_search))


def _offered(row: Setting[Any], names: Collection[str], engine: SearchEngine, value: str) -> tuple[str, ...]:
    """The names that a choice offers: those on this machine, and the one the fields begin with, which may yet come."""
    here = tuple(row.offered(engine)) if row.offered else names
    known = names or (*here, value)
    return tuple(dict.fromkeys(name for name in known if name in (*here, value)))


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
