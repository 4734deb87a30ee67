"""The line on top: name, model, run, and the menu."""

from pathlib import Path

from ..panel import Panel, Place
from .events import events
from .view import before_html, header_of

HERE = Path(__file__).parent
PANEL = Panel(
    name="header",
    title="TTS-VAR Explorer",
    place=Place.TOP,
    view=header_of,
    before=before_html,
    events=events,
    script=HERE / "header.js",
    modules=(HERE / "places.js",),
    styles=(HERE / "header.css",),
    element="top",
)
