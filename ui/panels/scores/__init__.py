"""Rewards along every lineage."""

from pathlib import Path

from ..panel import Panel, Place
from .view import scores_of

HERE = Path(__file__).parent
PANEL = Panel(
    name="scores",
    title="Scores",
    place=Place.TAB,
    view=scores_of,
    styles=(HERE / "scores.css",),
    terms=True,
)
