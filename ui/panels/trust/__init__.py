"""When the judge can be trusted."""

from pathlib import Path

from ..panel import Panel, Place
from .lab import questions
from .view import before_html, trust_html

HERE = Path(__file__).parent
PANEL = Panel(
    name="trust",
    title="When can the reward be trusted?",
    place=Place.MAIN,
    view=trust_html,
    before=before_html,
    questions=questions,
    script=HERE / "trust.js",
    modules=(HERE / "lab.js",),
    styles=(HERE / "trust.css", HERE / "lab.css"),
)
