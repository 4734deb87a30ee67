"""Mine against the algorithm."""

from pathlib import Path

from ..panel import Panel, Place
from .events import events, panel_at, questions

HERE = Path(__file__).parent
PANEL = Panel(
    name="duel",
    title="Mine against the algorithm",
    place=Place.MAIN,
    follow=panel_at,
    events=events,
    questions=questions,
    script=HERE / "duel.js",
    styles=(HERE / "duel.css",),
)
