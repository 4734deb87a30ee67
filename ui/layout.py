"""The components of the page and nothing else; what they do is in handlers.py."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from ttsvar.config import EXTRACTORS, POTENTIALS, SEARCHES
from ui.settings import Fields
from ui.theme import script

SEARCH_NAMES = {
    "tts-var": "TTS-VAR (paper)", "raw": "Raw, one picture", "best-of-n": "Best of N",
    "importance-sampling": "Importance sampling",
    "cluster-only": "Clustering alone", "resample-only": "Resampling alone",
}  # fmt: skip
WAITING = '<p class="note first">The candidates appear here, each near those that it resembles.</p>'
EXTRACTOR_NAMES = {"pca": "PCA, signs aligned", "pca-raw": "PCA as published", "pool": "Mean of patches"}


@dataclass
class Rail:
    """The set-up fields."""

    prompt: gr.Textbox
    prompt_note: gr.HTML
    examples: gr.HTML
    seed: gr.Number
    dice: gr.Button
    n: gr.Number
    number_note: gr.HTML
    search: gr.Dropdown
    bars: gr.HTML
    batch: gr.Textbox
    batch_note: gr.HTML
    cluster_scales: gr.Textbox
    resample_scales: gr.Textbox
    extractor: gr.Dropdown
    potential: gr.Dropdown
    lam: gr.Number
    cfg: gr.Textbox
    tau: gr.Textbox
    top_p: gr.Number
    advanced_note: gr.HTML
    go: gr.Button

    def settings(self) -> list[Any]:
        """The fields of `settings.Fields`, in its order."""
        return [
            self.search, self.n, self.batch, self.cluster_scales, self.resample_scales, self.extractor,
            self.potential, self.lam, self.cfg, self.tau, self.top_p,
        ]  # fmt: skip

    def notes(self) -> list[Any]:
        """The places beside the fields where complaints appear."""
        return [self.prompt_note, self.number_note, self.batch_note, self.advanced_note, self.bars]


@dataclass
class Page:
    """Every component that a handler reads or writes."""

    rail: Rail
    header: gr.HTML
    stepper: gr.HTML
    stage: gr.HTML
    lineage: gr.HTML
    features: gr.HTML
    plot: gr.Plot
    legend: gr.HTML
    resampling: gr.HTML
    scores: gr.HTML
    cost: gr.HTML
    facts: gr.HTML
    here: gr.State

    def views(self) -> list[Any]:
        """The outputs of `views.View.values`, in its order."""
        return [
            self.header, self.stepper, self.stage, self.lineage, self.features,
            self.resampling, self.scores, self.cost, self.facts, self.here,
        ]  # fmt: skip


def view(elem_id: str, value: str = "", js: str | None = None, **more: Any) -> gr.HTML:
    """A custom view: bare HTML with its script."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=script(js) if js else None, apply_default_css=False, **more)


def build(first: Any, examples: tuple[str, ...], bars: str, fields: Fields, stop: Any) -> Page:
    """Lay the page out around the first view."""
    header = view("top", first.header, "header.js")
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="rail", elem_classes="pn"):
            rail = _rail(examples, bars, fields)
        with gr.Column(elem_id="main"):
            stepper = view("stepper", first.stepper, "stepper.js")
            stage = view("stage", first.stage, "stage.js", server_functions=[stop])
            lineage = view("lineage", first.lineage, "lineage.js")
        with gr.Column(elem_id="why", elem_classes="pn"):
            features, plot, legend, resampling, scores, cost = _why(first)
            facts = view("facts", first.facts)
    here = gr.State(None)
    return Page(rail, header, stepper, stage, lineage, features, plot, legend, resampling, scores, cost, facts, here)


def _rail(examples: tuple[str, ...], bars: str, fields: Fields) -> Rail:
    prompt = gr.Textbox(
        label="Prompt", lines=2, max_lines=4, placeholder="a photo of \u2026", elem_id="prompt", submit_btn=False
    )
    prompt_note = view("prompt-note")
    chips = "".join(
        f'<button type="button" data-prompt="{escape(e)}">{escape(e.removeprefix("a photo of "))}</button>'
        for e in examples
    )
    samples = view("examples", f'<div class="ex" role="group" aria-label="Examples">{chips}</div>', "examples.js")
    with gr.Row(elem_classes="pair"):
        with gr.Row(elem_id="seedbox"):
            seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="seed", min_width=60)
            dice = gr.Button("\u2684", elem_id="dice", min_width=30, scale=0)
        n = gr.Number(fields.n, label="N", precision=0, elem_id="n", min_width=60)
    number_note = view("number-note")
    search = gr.Dropdown(
        [(SEARCH_NAMES.get(k, k), k) for k in _search_order()],
        value="tts-var",
        label="Search",
        elem_id="search",
        filterable=False,
    )
    gr.HTML('<span class="lab">Candidates per scale</span>', apply_default_css=False)
    bar_view = view("bars", bars)
    batch_note = view("batch-note")
    go = gr.Button("Start", variant="primary", elem_id="go")
    with gr.Accordion("Advanced", open=False, elem_id="advanced"):
        batch_box = gr.Textbox(fields.batch, label="Alive after each scale", elem_id="batch")
        with gr.Row(elem_classes="pair"):
            clusters = gr.Textbox(fields.cluster_scales, label="Cluster after", min_width=60)
            resamples = gr.Textbox(fields.resample_scales, label="Resample after", min_width=60)
        with gr.Row(elem_classes="pair"):
            extractor = gr.Dropdown(
                [(EXTRACTOR_NAMES.get(e, e), e) for e in EXTRACTORS],
                value=fields.extractor,
                label="Clusters on",
                min_width=60,
                filterable=False,
            )
            potential = gr.Dropdown(
                list(POTENTIALS), value=fields.potential, label="Potential", min_width=60, filterable=False
            )
        with gr.Row(elem_classes="pair"):
            lam = gr.Number(fields.lam, label="\u03bb, trust in the judge", min_width=60)
            top_p = gr.Number(fields.top_p, label="Top-p", step=0.01, min_width=60)
        with gr.Row(elem_classes="pair"):
            cfg = gr.Textbox(fields.cfg, label="Guidance", min_width=60)
            tau = gr.Textbox(fields.tau, label="\u03c4, temperature", min_width=60)
        advanced_note = view("advanced-note")
    return Rail(
        prompt, prompt_note, samples, seed, dice, n, number_note, search, bar_view, batch_box, batch_note, clusters,
        resamples, extractor, potential, lam, cfg, tau, top_p, advanced_note, go,
    )  # fmt: skip


def _search_order() -> list[str]:
    return ["tts-var"] + [k for k in SEARCHES if k != "tts-var"]


def _why(first: Any) -> tuple[Any, ...]:
    with gr.Tabs(selected="clusters", elem_id="tabs"):
        with gr.Tab("Features", id="features"):
            features = view("features", first.features)
        with gr.Tab("Clusters", id="clusters"):
            plot = gr.Plot(show_label=False, container=False, elem_id="plot", visible=False)
            legend = view("legend", WAITING)
        with gr.Tab("Resampling", id="resampling"):
            resampling = view("resampling", first.resampling)
        with gr.Tab("Scores", id="scores"):
            scores = view("scores", first.scores)
        with gr.Tab("Cost", id="cost"):
            cost = view("cost", first.cost)
    return features, plot, legend, resampling, scores, cost
