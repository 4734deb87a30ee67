"""Plotly figures from plain arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ui.components.marks import MARKS, mark_color
from ui.frames import Card

SIDE = 0.13
GREY = "#7C879A"


def cluster_figure(points: np.ndarray, cards: Sequence[Card]) -> go.Figure:
    """Thumbnails at their points [B, 2]; a solid frame is kept, a dashed one dropped; marks tell the cluster."""
    figure = go.Figure()
    xs, ys = spread(points * (1.16, 1.0)).T
    for x, y, card in zip(xs, ys, cards, strict=True):
        kept = card.count > 0
        color = mark_color(card.label)
        figure.add_layout_image(
            source=card.thumb, x=x, y=y, sizex=SIDE, sizey=SIDE, xref="x", yref="y",
            xanchor="center", yanchor="middle", opacity=1.0 if kept else 0.55, layer="below",
        )  # fmt: skip
        half = SIDE / 2 + 0.006
        figure.add_shape(
            type="rect", x0=x - half, x1=x + half, y0=y - half, y1=y + half,
            line={"color": color, "width": 3 if kept else 1.4, "dash": "solid" if kept else "dot"},
        )  # fmt: skip
    hover = [f"{c.name} {c.letter}<br>reward {c.reward:+.2f}<br>{'kept' if c.count else 'dropped'}" for c in cards]
    figure.add_scatter(
        x=xs, y=ys, mode="markers", hovertext=hover, hoverinfo="text", showlegend=False,
        marker={"size": 36, "symbol": "square", "opacity": 0},
    )  # fmt: skip
    figure.add_scatter(
        x=xs - SIDE / 2, y=ys + SIDE / 2, mode="markers", hoverinfo="skip", showlegend=False,
        marker={
            "size": 11,
            "symbol": [MARKS[c.label % len(MARKS)][3] if c.label is not None else "circle-open" for c in cards],
            "color": [mark_color(c.label) for c in cards],
        },
    )  # fmt: skip
    figure.add_scatter(
        x=xs, y=ys - SIDE / 2 - 0.055, mode="text", text=[c.name for c in cards], hoverinfo="skip", showlegend=False,
        textfont={"size": 11, "color": GREY},
    )  # fmt: skip
    return _calm(figure)


def spread(points: np.ndarray, gap: float = SIDE + 0.045, rounds: int = 60) -> np.ndarray:
    """Points [B, 2] pushed apart until no two thumbnails cover each other; order and rough places stay."""
    placed = np.array(points, dtype=float)
    turns = np.arange(len(placed)) * 2.4
    for _ in range(rounds):
        away = placed[:, None] - placed[None]
        reach = np.abs(away).max(-1)
        close = (reach < gap) & ~np.eye(len(placed), dtype=bool)
        if not close.any():
            break
        nudge = np.stack([np.cos(turns), np.sin(turns)], -1)[:, None] * 1e-3
        push = np.where(close[..., None], away + nudge, 0.0)
        size = np.linalg.norm(push, axis=-1, keepdims=True)
        placed += 0.35 * (push / np.maximum(size, 1e-9) * np.where(close, gap - reach, 0)[..., None]).sum(1)
    return placed


def _calm(figure: go.Figure) -> go.Figure:
    axis = {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False}
    figure.update_layout(
        height=290, margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        xaxis={**axis, "range": [-0.14, 1.3]}, yaxis={**axis, "range": [-0.2, 1.14], "scaleanchor": "x"},
        dragmode=False, hoverlabel={"font": {"size": 12}}, font={"family": "ui-sans-serif, system-ui, sans-serif"},
    )  # fmt: skip
    return figure
