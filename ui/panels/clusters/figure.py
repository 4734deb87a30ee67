"""Plotly figures from plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ttsvar.search.reasons import cluster_letter

from ...scene.frame import Card
from ...scene.marks import mark, mark_color
from ...shell.text import signed

if TYPE_CHECKING:
    import plotly.graph_objects as go

SIDE = 0.13
GREY = "#7C879A"


def cluster_figure(points: np.ndarray, cards: Sequence[Card]) -> go.Figure:
    """Thumbnails at their points [B, 2], ringed by a solid frame where kept, marked by cluster, tied to its centre."""
    import plotly.graph_objects as go

    figure = go.Figure()
    placed = spread(points * (1.16, 1.0))
    xs, ys = placed.T
    _add_centres(figure, placed, cards)
    for x, y, card in zip(xs, ys, cards, strict=True):
        kept = card.count > 0
        figure.add_layout_image(
            source=card.thumb, x=x, y=y, sizex=SIDE, sizey=SIDE, xref="x", yref="y",
            xanchor="center", yanchor="middle", opacity=1.0 if kept else 0.55, layer="below",
        )  # fmt: skip
        half = SIDE / 2 + 0.006
        figure.add_shape(
            type="rect", x0=x - half, x1=x + half, y0=y - half, y1=y + half,
            line={"color": mark_color(card.label), "width": 3.2 if kept else 1.4, "dash": "solid" if kept else "dot"},
        )  # fmt: skip
    hover = [f"{c.name} {c.letter}<br>reward {signed(c.reward)}<br>{'kept' if c.count else 'dropped'}" for c in cards]
    figure.add_scatter(
        x=xs, y=ys, mode="markers", hovertext=hover, hoverinfo="text", showlegend=False,
        marker={"size": 36, "symbol": "square", "opacity": 0},
    )  # fmt: skip
    figure.add_scatter(
        x=xs - SIDE / 2, y=ys + SIDE / 2, mode="markers", hoverinfo="skip", showlegend=False,
        marker={
            "size": 11,
            "symbol": ["circle-open" if c.label is None else mark(c.label).symbol for c in cards],
            "color": [mark_color(c.label) for c in cards],
        },
    )  # fmt: skip
    figure.add_scatter(
        x=xs, y=ys - SIDE / 2 - 0.055, mode="text", text=[c.name for c in cards], hoverinfo="skip", showlegend=False,
        textfont={"size": 11, "color": GREY},
    )  # fmt: skip
    return _calm(figure, placed, [c.name for c in cards])


def _add_centres(figure: go.Figure, placed: np.ndarray, cards: Sequence[Card]) -> None:
    """A cross at the middle of every cluster of two or more, and a thin line to each of its members."""
    for label in sorted({c.label for c in cards if c.label is not None}):
        members = placed[[c.label == label for c in cards]]
        if len(members) < 2:
            continue
        centre, color = members.mean(0), mark_color(label)
        way = centre - members
        reach = np.abs(way).max(1, keepdims=True)
        edges = members + way * np.minimum(1.0, 0.6 * SIDE / np.maximum(reach, 1e-9))
        ends = np.stack([edges, np.broadcast_to(centre, edges.shape), np.full(edges.shape, np.nan)], 1)
        x, y = ends.reshape(-1, 2).T
        line = {"color": color, "width": 1}
        figure.add_scatter(x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, line=line)
        figure.add_scatter(
            x=centre[:1], y=centre[1:], mode="markers", hoverinfo="text", showlegend=False,
            hovertext=[f"middle of cluster {cluster_letter(label)}"],
            marker={"size": 10, "symbol": "cross-thin", "line": {"color": color, "width": 2.5}},
        )  # fmt: skip


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


def _calm(figure: go.Figure, placed: np.ndarray, names: list[str]) -> go.Figure:
    low, high = placed.min(0) - 0.75 * SIDE - 0.04, placed.max(0) + 0.75 * SIDE + 0.04
    low[1] -= 0.05
    # The range stays what it is when the window changes; the picture keeps its shape in what room there is.
    axis = {"visible": False, "fixedrange": True, "showgrid": False, "zeroline": False, "constrain": "domain"}
    figure.update_layout(
        height=290, meta={"names": names}, margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        xaxis={**axis, "range": [low[0], high[0]]}, yaxis={**axis, "range": [low[1], high[1]], "scaleanchor": "x"},
        dragmode=False, hoverlabel={"font": {"size": 12}}, font={"family": "ui-sans-serif, system-ui, sans-serif"},
    )  # fmt: skip
    return figure
