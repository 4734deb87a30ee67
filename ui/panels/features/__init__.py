"""What the vision model sees."""

from pathlib import Path

from ..panel import Panel, Place
from .view import features_html

HERE = Path(__file__).parent
PANEL = Panel(
    name="features",
    title="Features",
    place=Place.TAB,
    view=lambda scene: features_html(scene.frame, scene.run.search.extractor),
    script=HERE / "features.js",
    styles=(HERE / "features.css",),
    terms=True,
)
