"""Outlines of the toybox objects in a unit square centred on 0 (x right, y down), each with darker details."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import ImageDraw

Points = list[tuple[float, float]]
Ink = tuple[int, int, int]
Place = Callable[[Points], Points]


def _ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0.0, stop: float = 360.0) -> Points:
    angles = np.radians(np.linspace(start, stop, 64))
    return [(cx + rx * float(np.cos(a)), cy + ry * float(np.sin(a))) for a in angles]


def _star() -> Points:
    angles = np.radians(-90 + 36 * np.arange(10))
    radii = np.where(np.arange(10) % 2 == 0, 0.5, 0.21)
    return [(float(r * np.cos(a)), float(r * np.sin(a)) + 0.03) for r, a in zip(radii, angles, strict=True)]


def _heart() -> Points:
    t = np.linspace(0, 2 * np.pi, 96)
    x = 16 * np.sin(t) ** 3
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return [(float(a) / 33, float(-b) / 33 - 0.04) for a, b in zip(x, y, strict=True)]


def _moon() -> Points:
    outer = _ellipse(0.0, 0.0, 0.5, 0.5, 40, 320)
    inner = _ellipse(0.22, 0.0, 0.36, 0.36, 300, 60)
    return [(x + 0.06, y) for x, y in outer + inner]


Part = tuple[str, Points]
"""'body', 'dark', 'light' or 'hole', and its outline."""

OUTLINES: dict[str, list[Part]] = {
    "star": [("body", _star())],
    "ball": [("body", _ellipse(0, 0, 0.48, 0.48)), ("light", _ellipse(-0.16, -0.18, 0.12, 0.09))],
    "heart": [("body", _heart())],
    "house": [
        ("body", [(-0.36, -0.06), (0.36, -0.06), (0.36, 0.48), (-0.36, 0.48)]),
        ("dark", [(-0.5, -0.02), (0.0, -0.5), (0.5, -0.02)]),
        ("light", [(-0.1, 0.16), (0.1, 0.16), (0.1, 0.48), (-0.1, 0.48)]),
    ],
    "cup": [
        ("body", _ellipse(0.3, 0.02, 0.2, 0.22)),
        ("hole", _ellipse(0.3, 0.02, 0.1, 0.12)),
        ("body", [(-0.44, -0.36), (0.28, -0.36), (0.2, 0.42), (-0.36, 0.42)]),
        ("dark", _ellipse(-0.08, -0.36, 0.36, 0.1)),
    ],
    "fish": [
        ("body", _ellipse(-0.1, 0.0, 0.4, 0.27)),
        ("body", [(0.18, 0.0), (0.5, -0.3), (0.5, 0.3)]),
        ("light", _ellipse(-0.3, -0.06, 0.065, 0.065)),
        ("dark", _ellipse(-0.31, -0.06, 0.035, 0.035)),
    ],
    "tree": [
        ("dark", [(-0.08, 0.1), (0.08, 0.1), (0.08, 0.5), (-0.08, 0.5)]),
        ("body", [(0.0, -0.5), (0.26, -0.12), (-0.26, -0.12)]),
        ("body", [(0.0, -0.3), (0.34, 0.08), (-0.34, 0.08)]),
        ("body", [(0.0, -0.1), (0.42, 0.3), (-0.42, 0.3)]),
    ],
    "moon": [("body", _moon())],
    "car": [
        ("body", [(-0.3, -0.04), (-0.18, -0.28), (0.2, -0.28), (0.34, -0.04)]),
        ("body", [(-0.5, 0.0), (-0.3, -0.04), (0.34, -0.04), (0.5, 0.02), (0.5, 0.22), (-0.5, 0.22)]),
        ("light", [(-0.2, -0.04), (-0.12, -0.2), (0.0, -0.2), (0.0, -0.04)]),
        ("light", [(0.06, -0.04), (0.06, -0.2), (0.16, -0.2), (0.24, -0.04)]),
        ("dark", _ellipse(-0.27, 0.22, 0.13, 0.13)),
        ("dark", _ellipse(0.27, 0.22, 0.13, 0.13)),
    ],
    "ring": [("body", _ellipse(0, 0, 0.48, 0.48)), ("hole", _ellipse(0, 0, 0.25, 0.25))],
}  # fmt: skip


def shade(color: Ink, part: str) -> Ink:
    """The ink of a part: the colour itself, a darker one, or a lighter one."""
    if part == "body":
        return color
    mix, weight = ((20, 20, 28), 0.45) if part == "dark" else ((255, 255, 255), 0.62)
    return tuple(round(c * (1 - weight) + m * weight) for c, m in zip(color, mix, strict=True))  # type: ignore[return-value]


def draw_shape(paint: ImageDraw.ImageDraw, mask: ImageDraw.ImageDraw, shape: str, color: Ink, place: Place) -> None:
    """Draw one object's inks on `paint` and its silhouette on `mask`; `place` maps unit points to pixels."""
    for part, outline in OUTLINES[shape]:
        points = place(outline)
        if part == "hole":
            mask.polygon(points, fill=0)
            continue
        paint.polygon(points, fill=shade(color, part))
        mask.polygon(points, fill=255)


def extent(shape: str) -> tuple[float, float, float, float]:
    """Bounding box of a shape in unit coordinates: left, top, right, bottom."""
    points = np.array([p for part, outline in OUTLINES[shape] if part != "hole" for p in outline])
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return float(left), float(top), float(right), float(bottom)
