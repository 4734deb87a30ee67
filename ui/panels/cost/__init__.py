"""What a run takes."""

from pathlib import Path

from ..panel import Panel, Place
from .model import breakdown
from .view import cost_html

HERE = Path(__file__).parent
PANEL = Panel(
    name="cost",
    title="Cost",
    place=Place.TAB,
    view=lambda scene: cost_html(breakdown(scene.session, scene.at)),
    styles=(HERE / "cost.css",),
    terms=True,
)
