"""The panels of the page; a panel is one folder with its model, view, events, script and styles, and one row here."""

from pathlib import Path

from . import (
    clusters,
    cost,
    duel,
    facts,
    features,
    film,
    header,
    lineage,
    others,
    redraw,
    resampling,
    scores,
    stage,
    stepper,
    trust,
)
from .panel import Panel

PANELS: tuple[Panel, ...] = (
    header.PANEL,
    stepper.PANEL,
    film.PANEL,
    trust.PANEL,
    stage.PANEL,
    duel.PANEL,
    lineage.PANEL,
    others.PANEL,
    features.PANEL,
    clusters.PANEL,
    resampling.PANEL,
    scores.PANEL,
    cost.PANEL,
    facts.PANEL,
    redraw.PANEL,
)
"""In the order of the page."""
SHARED_STYLES = (Path(__file__).parent / "panels.css",)
"""What several panels look like."""
