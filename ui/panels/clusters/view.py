"""The map as a picture: the shipped pictures as dots, every candidate's way over them, and who lies near whom."""

from __future__ import annotations

import itertools
from functools import cache
from html import escape

import numpy as np

from ttsvar.evaluation.populations.record import Plane
from ttsvar.search.reasons import cluster_letter

from ...scene.marks import mark_svg
from ...scene.scene import Shown
from .geometry import hull, spread
from .model import Stop, Travels, travels

WIDE, EDGE = 320.0, 20.0
"""Units of the picture, and of the border around the map."""
LARGEST, SMALLEST, MANY = 30.0, 13.0, 16
"""Of a candidate's thumbnail; from so many candidates on it is the smallest one and its name is left out."""
NAME = 12.0
"""Height of a name under it."""


def clusters_of(scene: Shown) -> str:
    """The map up to the scale that is shown, what its marks mean, the distances where they are few, how to read it."""
    found = travels(scene)
    column = found.last.column
    drawn = _regions(found.last) + _ways(found) + _thumbnails(found.last)
    dots = "" if found.plane is None else _dots(found.plane)
    return (
        f'<div class="travels" data-testid="map"><svg viewBox="0 0 {WIDE:g} {WIDE:g}" role="img" '
        f'aria-label="Map: the ways of the candidates up to scale {column.scale}">{dots}{drawn}</svg>'
        f'{_legend(scene, found)}{_matrix(found)}<p class="note">{_reading(found)}</p></div>'
    )


def _at(point: np.ndarray) -> tuple[float, float]:
    x, y = EDGE + point * (WIDE - 2 * EDGE)
    return round(float(x), 1), round(float(y), 1)


@cache
def _dots(plane: Plane) -> str:
    """The shipped pictures, the finer the scale the darker; the same for every view."""
    parts = []
    finest = int(plane.scales.max()) + 1
    for scale in np.unique(plane.scales):
        marks = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in map(_at, plane.points[plane.scales == scale]))
        parts.append(f'<path class="dots" d="{marks}" style="opacity:{0.08 + 0.3 * (scale + 1) / finest:.2f}"/>')
    return "".join(parts)


def _regions(stop: Stop) -> str:
    """The clusters of two and more who are here, as areas around their members."""
    dots = stop.column.dots
    parts: list[str] = []
    for label in sorted({dot.label for dot in dots if dot.label is not None}):
        rows = [row for row, dot in enumerate(dots) if dot.label == label]
        if len(rows) > 1:
            corners = " ".join(f"{x:g},{y:g}" for x, y in map(_at, hull(stop.points[rows])))
            title = f"<title>cluster {cluster_letter(label)}</title>"
            parts.append(f'<polygon class="region" points="{corners}">{title}</polygon>')
    return "".join(parts)


def _ways(found: Travels) -> str:
    """A line from scale to scale for every candidate, and a cross where a dropped one left."""
    parts: list[str] = []
    for before, after in itertools.pairwise(found.stops):
        if after.column.scale != before.column.scale + 1:
            continue
        went_on = {dot.parent for dot in after.column.dots}
        for dot, point in zip(after.column.dots, after.points, strict=True):
            if dot.parent is not None:
                (x0, y0), (x1, y1) = _at(before.points[dot.parent]), _at(point)
                line = f'x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}" stroke="{dot.color}"'
                parts.append(f'<line class="way" data-name="{escape(dot.name)}" {line}/>')
        for row, (dot, point) in enumerate(zip(before.column.dots, before.points, strict=True)):
            if row not in went_on:
                x, y = _at(point)
                parts.append(
                    f'<path class="left" data-name="{escape(dot.name)}" d="M{x - 4:g} {y - 4:g}l8 8m0-8l-8 8">'
                    f"<title>{escape(dot.name)} was dropped after scale {before.column.scale}</title></path>"
                )
    return "".join(parts)


def _thumbnails(stop: Stop) -> str:
    """Who is here: a dot at the place itself, and beside it, where there is room, the picture that it belongs to.

    Frames have the lineage's colour; the cluster's letter stands beside the name.
    """
    many = len(stop.points) >= MANY
    side = SMALLEST if many else LARGEST
    places = np.array([_at(point) for point in stop.points])
    gap = side + (1 if many else NAME)
    beside = spread(places, gap, gap / 2, WIDE - gap / 2).round(1)
    lines: list[str] = []
    parts: list[str] = []
    for dot, (x, y), (px, py) in zip(stop.column.dots, places.tolist(), beside.tolist(), strict=True):
        fate = "goes on" if dot.alive else "is dropped"
        box = f'x="{px - side / 2:g}" y="{py - side / 2:g}" width="{side:g}" height="{side:g}"'
        name = escape(dot.name)
        letter = "" if dot.label is None else f" {cluster_letter(dot.label)}"
        text = "" if many else f'<text x="{px:g}" y="{py + side / 2 + 9:g}">{name}{letter}</text>'
        lines.append(f'<path class="tie" d="M{x:g} {y:g}L{px:g} {py:g}" stroke="{dot.color}"/>')
        parts.append(
            f'<g class="who{"" if dot.alive else " out"}" data-name="{name}"><title>{name}{letter} {fate}</title>'
            f'<image href="{dot.thumb}" {box}/><rect {box} rx="2" stroke="{dot.color}"/>{text}</g>'
            f'<circle class="place" cx="{x:g}" cy="{y:g}" r="{2.2 if many else 3.2}" fill="{dot.color}"/>'
        )
    return "".join(lines + parts)


def _legend(scene: Shown, found: Travels) -> str:
    """The clusters' marks, and what lines, frames and crosses mean."""
    labels = sorted({dot.label for dot in found.last.column.dots if dot.label is not None})
    marks = "".join(f"<span>{mark_svg(k, cluster_letter(k))} {cluster_letter(k)}</span>" for k in labels)
    keys = ["<span>\u25cf a candidate\u2019s place, in its lineage\u2019s colour</span>"]
    keys += ["<span><b>\u00d7</b> a dropped one left there</span>"] if len(found.stops) > 1 else []
    keys += ["<span>dotted: dropped</span>"] if any(not dot.alive for dot in found.last.column.dots) else []
    return f'<div class="leg">{marks}{"".join(keys)}</div><p class="note">{_letters(scene, bool(labels))}</p>'


def _letters(scene: Shown, marked: bool) -> str:
    """Of which scale the clusters are."""
    frame = scene.frame
    if not marked:
        return "This search never clusters, so there are no letters."
    if frame.decision == "cluster":
        return "Letters are given anew at every decision by layout; an area holds the candidates of one cluster."
    at = frame.cards[0].label_scale
    return "Letters: as if it clustered here." if at == frame.scale else f"Letters: the clusters of scale {at}."


def _matrix(found: Travels) -> str:
    """Every two of the living: the fuller the colour, the nearer they are."""
    distances = found.distances
    if distances is None:
        return ""
    names = [escape(dot.name) for dot in found.last.column.dots]
    most = max(float(distances.max()), 1e-9)
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    rows = "".join(
        f"<tr><th scope='row'>{name}</th>"
        + "".join(
            f'<td style="--near:{1 - far:.2f}" title="{name} and {other}: {far:.0%} of the largest distance">'
            f'<span class="said">{far:.0%} of the largest distance</span></td>'
            for other, far in zip(names, (distances[row] / most).tolist(), strict=True)
        )
        + "</tr>"
        for row, name in enumerate(names)
    )
    return (
        '<table class="near"><caption>How alike every two are to the clustering; the fuller, the more alike</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _reading(found: Travels) -> str:
    plane = found.plane
    if plane is None:
        return (
            "No map of this model\u2019s pictures ships for this search: these are the two main directions (PCA) of "
            "the run\u2019s own pictures, and they turn as more scales come."
        )
    named = "UMAP" if plane.method == "UMAP" else "PCA, as UMAP could not be used"
    return (
        f"The dots are {len(plane.points):,} pictures of this model at all scales, the finer the darker; the map was "
        f"fitted to them once ({named}) and stays as it is. A candidate stands among the pictures that it resembles "
        "most: who is near whom means something, how far does not."
    )
