"""What a run takes."""

from ..panel import Panel, Place
from .model import bill
from .view import cost_html

PANEL = Panel(
    name="cost",
    title="Cost",
    place=Place.TAB,
    view=lambda scene: cost_html(bill(scene.session, scene.at)),
    terms=True,
)
