"""Rewards along every lineage."""

from ..panel import Panel, Place
from .view import scores_of

PANEL = Panel(name="scores", title="Scores", place=Place.TAB, view=scores_of, terms=True)
