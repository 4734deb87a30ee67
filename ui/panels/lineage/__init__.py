"""Candidates over the scales: births, copies, ends, branches."""

from pathlib import Path

from ..navigation import rewinding
from ..panel import Panel, Place
from .events import questions
from .view import lineage_of

HERE = Path(__file__).parent
PANEL = Panel(
    name="lineage",
    title="Lineage",
    place=Place.MAIN,
    view=lineage_of,
    before=lambda scene: "",
    events=lambda services: [rewinding(services)],
    questions=questions,
    script=HERE / "lineage.js",
    modules=(HERE / "neighbours.js",),
    styles=(HERE / "lineage.css",),
)
