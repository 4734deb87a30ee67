"""The set-up rail: its fields, and nothing of what they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

import gradio as gr
from gradio.components import Component

from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS
from ttsvar.values import Choice, Flag, Numbers, Share, Whole

from ..shell.component import view
from ..shell.theme import script
from . import searches


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the fields offer, and what they start with."""

    model: str
    about: str
    here: tuple[str, ...]
    """Names of the models that need no download."""
    resolutions: tuple[str, ...]
    """Where the model can draw other shapes: what `--resolution` may name."""
    classes: tuple[tuple[str, str], ...]
    """Every prompt the model takes, with all its names, and as a run keeps it; empty where prompts are free text."""
    examples: tuple[str, ...]
    example: str
    """What Start takes where no prompt is given."""
    options: frozenset[str]
    """Which settings of `SETTINGS.options` the model takes; the others are not shown."""
    names: Mapping[str, tuple[str, ...]]
    """By setting the names to choose from."""
    values: Mapping[str, Any]
    """By field what it begins with, except prompt and seed."""
    notes: Mapping[str, Any]
    """By note what stands there at first."""


@dataclass(frozen=True, kw_only=True)
class Rail:
    """The set-up fields."""

    fields: dict[str, Component]
    """By name: prompt, seed, search, n, plan, and every setting that has a label."""
    notes: dict[str, Component]
    """By name, where complaints and explanations appear; `plan` is among them, as its cells show what is wrong."""
    examples: gr.HTML
    dice: gr.Button
    go: gr.Button

    @property
    def components(self) -> dict[str, Component]:
        """Every field, note and button by name."""
        return {**self.fields, **self.notes, "examples": self.examples, "dice": self.dice, "go": self.go}


def note_name(row: Setting[Any]) -> str:
    """The name of the note under a setting."""
    return f"{row.name}_note"


def build_rail(offer: Choices) -> Rail:
    """Lay the rail out."""
    fields: dict[str, Component] = {"prompt": _prompt(offer)}
    notes: dict[str, Component] = {"prompt_note": view("prompt-note", js="setup/prompt.js")}
    chips = "".join(
        f'<button type="button" data-prompt="{escape(e)}">{escape(e.removeprefix("a photo of "))}</button>'
        for e in offer.examples
    )
    examples = view(
        "examples", f'<div class="ex" role="group" aria-label="Examples">{chips}</div>', "setup/examples.js"
    )
    with gr.Row(elem_classes="pair"):
        with gr.Row(elem_id="seedbox"):
            fields["seed"] = gr.Number(0, label="Seed", step=1, elem_id="seed", min_width=60)
            dice = gr.Button("\u2684", elem_id="dice", min_width=30, scale=0)
        fields["n"] = gr.Number(offer.values["n"], label="N", step=1, elem_id="n", min_width=60)
    notes["number_note"] = view("number-note")
    go = gr.Button("Start", variant="primary", elem_id="go")
    with gr.Accordion("Settings", open=False, elem_id="settings"):
        _settings(offer, fields, notes)
    return Rail(fields=fields, notes=notes, examples=examples, dice=dice, go=go)


def _settings(offer: Choices, fields: dict[str, Component], notes: dict[str, Component]) -> None:
    """What a first search does without: model, search, schedule, and every other setting in a drawer of its own."""
    view("model", model_html(offer))
    fields["search"] = gr.Dropdown(
        [(searches.title(name), name) for name in searches.names()],
        value=offer.values["search"],
        label="Search",
        elem_id="search",
        filterable=False,
    )
    notes["search_note"] = view("search-note", offer.notes["search_note"])
    view("bars-title", '<span class="lab">Candidates per scale</span>')
    notes["bars"] = view("bars", offer.notes["bars"])
    notes["plan_note"] = view("plan-note", offer.notes["plan_note"])
    with gr.Accordion("Advanced", open=False, elem_id="advanced"):
        _advanced(offer, fields, notes)


def model_html(offer: Choices) -> str:
    """The model that the app was started with, and the way to another: one process holds one model."""
    start, name = "python app.py --model", escape(offer.model)
    shape = ""
    if offer.resolutions:
        named = f"{', '.join(offer.resolutions[:-1])} or {offer.resolutions[-1]}"
        shape = (
            f"<p>For another shape start the app with <code>{start} {name} --aspect 3/2 --resolution "
            f"{offer.resolutions[0]}</code>: height / width, and {named} pixels.</p>"
        )
    others = ", ".join(f"<code>{escape(other)}</code>" for other in offer.here if other != offer.model)
    found = f"On this machine: {others}." if others else "No other is on this machine; a named one is downloaded."
    return (
        f'<span class="lab">Model</span><details class="model"><summary><b>{name}</b> {escape(offer.about)}</summary>'
        f"{shape}<p>For another model start the app with <code>{start} NAME</code>. {found} "
        "<code>python -m ttsvar models</code> lists all, with their files and sizes.</p></details>"
    )


def _prompt(offer: Choices) -> gr.Textbox | gr.Dropdown:
    """A field for any text; a searchable box where the model draws classes."""
    if offer.classes:
        label = f"Class (type to search {len(offer.classes)})"
        return gr.Dropdown(list(offer.classes), value=None, label=label, elem_id="prompt", filterable=True)
    return gr.Textbox(
        label="Prompt", lines=2, max_lines=4, placeholder=offer.example, elem_id="prompt", submit_btn=False
    )


def _advanced(offer: Choices, fields: dict[str, Component], notes: dict[str, Component]) -> None:
    """The cells of the schedule, and a field for every setting that has a label."""
    view("plan-title", '<span class="lab">Schedule: how many live on, and what decides it</span>')
    fields["plan"] = notes["plan"] = gr.HTML(
        offer.values["plan"],
        elem_id="plan",
        html_template=script("setup/schedule.html"),
        js_on_load=script("setup/schedule.js"),
        apply_default_css=False,
        wrong=-1,
        message="",
    )
    view("plan-help", _legend())
    rows = SETTINGS.on_page()
    _lines([row for row in rows if not row.option], offer, fields, notes)
    several = ", ".join(row.short for row in rows if isinstance(row.kind, Numbers))
    view("per-scale", f'<p class="note">{several}: one number, or one a scale with commas.</p>')
    notes["advanced_note"] = view("advanced-note")
    _lines([row for row in rows if row.option], offer, fields, notes)


def _lines(rows: list[Setting[Any]], offer: Choices, fields: dict[str, Component], notes: dict[str, Component]) -> None:
    """The fields of these settings, one under the other, or side by side where they share a line."""
    for _, together in groupby(rows, key=lambda row: row.line or row.name):
        side_by_side = list(together)
        if len(side_by_side) == 1:
            row = side_by_side[0]
            fields[row.name] = _field(row, offer)
            if row.noted:
                notes[note_name(row)] = view(f"{_element(row)}-note")
            continue
        with gr.Row(elem_classes="pair trio" if len(side_by_side) > 2 else "pair"):
            fields.update({row.name: _field(row, offer) for row in side_by_side})


def _field(row: Setting[Any], offer: Choices) -> Component:
    """The field of a setting; hidden where the model does not take it."""
    common: dict[str, Any] = {
        "value": offer.values[row.name],
        "label": row.label,
        "elem_id": _element(row),
        "min_width": 60,
        "visible": not row.option or row.name in offer.options,
    }
    if isinstance(row.kind, Choice):
        named = [(row.title_of(name), name) for name in offer.names[row.name]]
        return gr.Dropdown(named, filterable=False, **common)
    if isinstance(row.kind, Flag):
        return gr.Checkbox(**common)
    if isinstance(row.kind, Share | Whole):
        return gr.Number(step=1 if isinstance(row.kind, Whole) else 0.01, **common)
    return gr.Textbox(placeholder=row.placeholder or None, **common)


def _element(row: Setting[Any]) -> str:
    return row.name.replace("_", "-")


def _legend() -> str:
    return (
        '<p class="note legend"><span class="cluster"></span>cluster <span class="resample"></span>resample. '
        "Press the mark under a number to change it. By keys: up and down count, left and right move, C and R mark.</p>"
    )
