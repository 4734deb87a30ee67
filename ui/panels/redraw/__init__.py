"""Redraw a part of a candidate, draw a scale again, join two candidates."""

from pathlib import Path

from ..panel import Panel, Place
from .events import events
from .view import redraw_of

HERE = Path(__file__).parent
PANEL = Panel(
    name="redraw",
    title="Redraw",
    place=Place.FOOT,
    view=redraw_of,
    before=lambda scene: "",
    events=events,
    script=HERE / "redraw.js",
    modules=(HERE / "cells.js",),
    styles=(HERE / "redraw.css",),
)
