"""Three figures that stay in sight: seconds so far, of this scale, and the work against a picture without a search."""

from ..panel import Panel, Place
from .view import facts_of

PANEL = Panel(name="facts", title="So far", place=Place.FOOT, view=facts_of, before=lambda scene: "", terms=True)
