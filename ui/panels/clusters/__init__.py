"""The candidates on a plane, by cluster."""

from pathlib import Path

from ..panel import Panel, Place
from .events import build, plane

HERE = Path(__file__).parent
PANEL = Panel(
    name="clusters",
    title="Clusters",
    place=Place.TAB,
    follow=plane,
    build=build,
    styles=(HERE / "clusters.css",),
)
