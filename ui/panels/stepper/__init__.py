"""The strip of scales."""

from pathlib import Path

from ..navigation import rewinding
from ..panel import Panel, Place
from .view import stepper_html

HERE = Path(__file__).parent
PANEL = Panel(
    name="stepper",
    title="Scales",
    place=Place.MAIN,
    view=lambda scene: stepper_html(scene.cells),
    before=lambda scene: stepper_html(scene.cells),
    events=lambda services: [rewinding(services)],
    script=HERE / "stepper.js",
    styles=(HERE / "stepper.css",),
)
