"""The candidates on a plane, by cluster."""

from ..panel import Panel, Place
from .events import build, plane

PANEL = Panel(name="clusters", title="Clusters", place=Place.TAB, follow=plane, build=build)
