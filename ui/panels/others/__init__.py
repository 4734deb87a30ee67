"""What would have been: the dropped candidates, drawn to their ends."""

from pathlib import Path

from ..panel import Panel, Place
from .events import events, panel_at, questions

HERE = Path(__file__).parent
PANEL = Panel(
    name="others",
    title="What would have been",
    place=Place.MAIN,
    follow=panel_at,
    events=events,
    questions=questions,
    script=HERE / "others.js",
    styles=(HERE / "others.css",),
)
