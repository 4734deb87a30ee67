"""The class page: everybody's duels on one chart that renews itself."""

from __future__ import annotations

import time
from typing import Any

import gradio as gr

from ...panels.duel.scoreboard import Scoreboard
from ...shell.header import side_top
from ...shell.theme import script
from .chart import chart_html

SPANS = (("This lesson (90 minutes)", 90), ("Today (24 hours)", 24 * 60), ("All that is kept", 0))
"""Label, minutes (0: all)."""
SECONDS = 4.0


class Classroom:
    """The chart over a scoreboard; `address` is what others type to join."""

    def __init__(self, scoreboard: Scoreboard, scales: int) -> None:
        self.scoreboard = scoreboard
        self.scales = scales
        self.address = ""

    def chart(self, minutes: int) -> str:
        """The chart of the last so many minutes."""
        since = time.time() - 60 * minutes if minutes else 0.0
        return chart_html(self.scoreboard.named(since), self.scales, self.address)


def build(demo: gr.Blocks, classroom: Classroom) -> None:
    """Add the page /class to the app."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    with demo.route("Class", "/class", show_in_navbar=False):
        with gr.Column(elem_id="classroom"):
            gr.HTML(
                side_top("The class"), js_on_load=script("shell/themed.js"), apply_default_css=False,
            )  # fmt: skip
            span = gr.Dropdown(list(SPANS), value=SPANS[0][1], label="Comparisons of", elem_id="span", filterable=False)
            chart = gr.HTML(elem_id="class-chart", apply_default_css=False)
        timer = gr.Timer(SECONDS)
        for event in (demo.load, timer.tick, span.change):
            event(classroom.chart, span, chart, **quiet)
