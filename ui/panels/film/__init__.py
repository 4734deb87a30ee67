"""The search as a film: play, pause, step and move along the scales that were drawn, without computing."""

from pathlib import Path

from ..navigation import rewinding
from ..panel import Panel, Place
from .events import questions
from .view import film_of_run

HERE = Path(__file__).parent
PANEL = Panel(
    name="film",
    title="Film",
    place=Place.MAIN,
    view=film_of_run,
    before=lambda scene: "",
    events=lambda services: [rewinding(services)],
    questions=questions,
    script=HERE / "film.js",
    modules=(HERE / "reel.js", HERE / "tiles.js", HERE / "player.js", HERE / "cinema.js"),
    styles=(HERE / "film.css",),
)
