"""The page /evidence: what the experiments found on the toybox weights, from the file that `report --data` wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from html import escape
from typing import Any

import gradio as gr

from ttsvar.evaluation.report.page import Section, opening, sections
from ttsvar.evaluation.report.schema import Evidence
from ttsvar.families.registry import folder_of
from ttsvar.weights.shipped import ASSETS

from ..shell.header import side_top
from ..shell.theme import script
from .answers import answers

EVIDENCE = ASSETS / "toybox" / "evidence.json"
COMMAND = "python -m ttsvar report --data assets/toybox/evidence.json"


def read_evidence(model: str = "toybox") -> Evidence | None:
    """What was measured on the shipped weights: a model's own, or the toybox's; None where nothing was."""
    own = (folder_of(model) or EVIDENCE.parent) / EVIDENCE.name
    path = own if own.is_file() else EVIDENCE
    return Evidence.from_json(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def build(demo: gr.Blocks, model: str = "toybox") -> None:
    """Add the page to the app over a model; the figures of a section travel only to those who open it."""
    evidence = read_evidence(model)
    parts = sections(evidence) if evidence else []
    with demo.route("Evidence", "/evidence", show_in_navbar=False), gr.Column(elem_id="evidence"):
        gr.HTML(
            _top(evidence, parts),
            js_on_load=script("shell/themed.js") + script("pages/evidence.js"),
            apply_default_css=False,
        )
        for number, part in enumerate(parts):
            behind, plots = _section(part, opened=number == 0)
            if plots:
                show = demo.load if number == 0 else behind.expand
                show(
                    _shown(part), None, plots, trigger_mode="multiple", show_progress="hidden", api_visibility="private"
                )


def _top(evidence: Evidence | None, parts: list[Section]) -> str:
    head = side_top("The evidence")
    if evidence is None:
        nothing = f"<h2>Nothing was measured yet</h2><p>Write it with <code>{COMMAND}</code>.</p>"
        return f'{head}<div class="ev">{nothing}</div>'
    links = "".join(f'<a class="chip" href="#{part.name}">{escape(_title(evidence, part))}</a>' for part in parts)
    told = "".join(
        f"<div><dt>{escape(a.question)}</dt><dd>{escape(a.answer)}"
        + (f' <a href="#{a.section}">The figures</a>' if a.section else "")
        + "</dd></div>"
        for a in answers(evidence)
    )
    return (
        f'{head}<div class="ev"><h2>What the experiments answer</h2><dl class="answers">{told}</dl>'
        f"<details><summary>How it was measured, and how to read the tables</summary>{opening(evidence)}</details>"
        f'<nav aria-label="Experiments">{links}</nav></div>'
    )


def _title(evidence: Evidence, part: Section) -> str:
    """A section's name for people, without the place in the paper."""
    titles = {e.name: e.title for e in evidence.experiments}
    return titles.get(part.name, part.name.capitalize()).partition(" (")[0]


def _section(part: Section, opened: bool) -> tuple[gr.Accordion, list[gr.Plot]]:
    """What a section says, and behind a fold its figures and tables: all of them at once are 16,000 elements."""
    with gr.Column(elem_classes="ev pn", elem_id=part.name):
        gr.HTML(part.above, apply_default_css=False)
        with gr.Accordion("Figures and tables", open=opened, elem_classes="behind") as behind:
            with gr.Row(elem_classes="figures"):
                plots = [gr.Plot(show_label=False, container=False, min_width=320) for _ in part.drawings]
            gr.HTML(part.below, apply_default_css=False)
    return behind, plots


def _shown(part: Section) -> Callable[[], Any]:
    """Draws the figures of a section when the first visitor opens it, and once for all."""

    @cache
    def figures() -> tuple[Any, ...]:
        return part.figures

    return lambda: figures() if len(figures()) > 1 else figures()[0]
