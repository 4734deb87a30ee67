"""Chances under the four potentials."""

from pathlib import Path

from ..panel import Panel, Place
from .view import resampling_html

HERE = Path(__file__).parent
PANEL = Panel(
    name="resampling",
    title="Resampling",
    place=Place.TAB,
    view=lambda scene: resampling_html(scene.frame),
    script=HERE / "resampling.js",
    modules=(HERE / "chances.js",),
    styles=(HERE / "resampling.css",),
    terms=True,
)
