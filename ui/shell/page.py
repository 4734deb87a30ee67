"""The components of the page and nothing else; what they do is in handlers.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ..files.view import notice_html
from ..guide.tour import tour_html
from ..setup.view import Choices, Rail, build_rail
from .component import view

WAITING = '<p class="note first">The candidates appear here, each near those that it resembles.</p>'


@dataclass
class Page:
    """Every component that a handler reads or writes."""

    rail: Rail
    header: gr.HTML
    takeaway: gr.HTML
    stepper: gr.HTML
    stage: gr.HTML
    duel: gr.HTML
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


def build(first: Any, offer: Choices, servers: dict[str, list[Any]]) -> Page:
    """Lay the page out around the first view; `servers` has the functions that the views' scripts call, by view."""
    header = view("top", first.header, "shell/header.js")
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="rail", elem_classes="pn"):
            rail = build_rail(offer)
        with gr.Column(elem_id="main"):
            takeaway = view("takeaway", notice_html(), "files/files.js", server_functions=servers["takeaway"])
            stepper = view("stepper", first.stepper, "panels/stepper/stepper.js")
            stage = view("stage", first.stage, "panels/board/board.js", server_functions=servers["stage"])
            duel = view("duel", "", "panels/duel/duel.js", server_functions=servers["duel"])
            lineage = view("lineage", first.lineage, "panels/lineage/lineage.js", server_functions=servers["lineage"])
        with gr.Column(elem_id="why", elem_classes="pn"):
            features, plot, legend, resampling, scores, cost = _why(first)
            facts = view("facts", first.facts)
    view("tour", tour_html(), "guide/tour.js")
    view("glossary", "", "guide/glossary.js")
    here = gr.State(None)
    return Page(
        rail, header, takeaway, stepper, stage, duel, lineage, features, plot, legend, resampling, scores, cost, facts,
        here,
    )  # fmt: skip


def _why(first: Any) -> tuple[Any, ...]:
    with gr.Tabs(selected="clusters", elem_id="tabs"):
        with gr.Tab("Features", id="features"):
            features = view("features", first.features, "panels/features/features.js")
        with gr.Tab("Clusters", id="clusters"):
            plot = gr.Plot(show_label=False, container=False, elem_id="plot", visible=False)
            legend = view("legend", WAITING)
        with gr.Tab("Resampling", id="resampling"):
            resampling = view("resampling", first.resampling, "panels/resampling/resampling.js")
        with gr.Tab("Scores", id="scores"):
            scores = view("scores", first.scores)
        with gr.Tab("Cost", id="cost"):
            cost = view("cost", first.cost)
    return features, plot, legend, resampling, scores, cost
