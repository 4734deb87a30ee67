"""The scatter of the clustering features, drawn once the rest of the page stands: UMAP takes its time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np
from gradio.components import Component

from ...scene.frame import build_frame, clustering_vectors
from ...scene.projection import PLAIN, Projector
from ...scene.scene import Here
from ...session.session import Session
from ...session.shown import PLANE
from ...shell.component import view as html
from ...shell.quirks import Values
from ..panel import Panel, Services
from .figure import cluster_figure
from .view import legend_html

WAITING = '<p class="note first">The candidates appear here, each near those that it resembles.</p>'


def build(panel: Panel, first: Values, functions: list[Callable[..., Any]]) -> dict[str, Component]:
    """The figure, and what stands under it."""
    plot = gr.Plot(show_label=False, container=False, elem_id="plot", visible=False)
    return {"plot": plot, "legend": html("legend", WAITING)}


def plane(services: Services, here: Here | None) -> Values:
    """The candidates on a plane; of an ending those of the last scale that had several."""
    session = services.store.get(here.run) if here else None
    if session is None or here is None or here.at not in session.history:
        return {"plot": gr.update(visible=False), "legend": WAITING}
    state_id = _with_several(session, here.at)
    frame = build_frame(session, state_id)
    points, method = _points(services.projector, session, state_id)
    note = "" if state_id == here.at else f"Scale {frame.scale}, the last with more than one candidate. "
    figure = gr.update(value=cluster_figure(points, frame.cards), visible=True)
    return {"plot": figure, "legend": legend_html(frame, method, note)}


def _points(projector: Projector, session: Session, state_id: str) -> tuple[np.ndarray, str]:
    """Points [B, 2] in the unit square and the name of the projection, kept with the run."""

    def project() -> list[Any]:
        points, method = projector.project(clustering_vectors(session, state_id))
        return [points.tolist(), method]

    points, method = session.shown(state_id, PLANE, project)
    if method in ("PCA meanwhile", PLAIN):
        points, method = session.show_again(state_id, PLANE, project)
    return np.asarray(points), method


def _with_several(session: Session, state_id: str) -> str:
    """A state, or the last before it that had several candidates; the state itself where none had."""
    path = [n for n in session.history.path(state_id) if n.result is not None and len(n.result.grown) > 1]
    return path[-1].state.id if path else state_id
