"""One map for the whole run: where its candidates lie, how they came there, and which clusters they form."""

from pathlib import Path

from ..panel import Panel, Place
from .view import clusters_of

HERE = Path(__file__).parent
PANEL = Panel(
    name="clusters",
    title="Clusters",
    place=Place.TAB,
    view=clusters_of,
    styles=(HERE / "clusters.css",),
    terms=True,
)
