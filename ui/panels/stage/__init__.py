"""The stage: the board, on which a card is a choice; the first page before a run, and the ending after it."""

from pathlib import Path

from ..panel import Panel, Place
from .events import events, questions
from .view import stage_of
from .welcome import before_html

HERE = Path(__file__).parent
MODULES = ("choice", "shares", "moves", "sheet", "answers", "closeup", "doing", "arrival")
PANEL = Panel(
    name="stage",
    title="Candidates",
    place=Place.MAIN,
    view=stage_of,
    before=before_html,
    events=events,
    questions=questions,
    script=HERE / "stage.js",
    modules=tuple(HERE / f"{name}.js" for name in MODULES),
    styles=(HERE / "board.css", HERE / "ending.css"),
    terms=True,
)
