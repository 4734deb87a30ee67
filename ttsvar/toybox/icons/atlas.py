"""Every icon rasterised once, in every colour that is asked for, at a few sizes: what scenes are put together from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from ttsvar.toybox.icons.catalogue import kind_of
from ttsvar.toybox.icons.colors import painted
from ttsvar.toybox.icons.source import IconSource

MASTER = 192
"""Pixels along a side of the picture that all sizes are made from."""
LEVELS = (160, 112, 80, 56, 40, 28)
"""Longest edges, in pixels, of the sizes kept: a sprite is never shrunk by more than 1.5, so that nothing aliases."""
SOLID = 96
"""Alpha from which a pixel belongs to a thing, for its box."""


@dataclass(frozen=True)
class Outline:
    """Points of a thing's convex hull [N, 2] (x right, y down), centred on its box, whose longer edge is 1."""

    points: np.ndarray

    def extent(self, angle: float = 0.0, mirrored: bool = False) -> tuple[float, float, float, float]:
        """Left, top, right, bottom after mirroring and then turning clockwise by `angle` radians."""
        x, y = turned(self.points * ((-1.0, 1.0) if mirrored else (1.0, 1.0)), angle).T
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Points [N, 2] turned clockwise (y points down) around 0."""
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


@dataclass
class Atlas:
    """Sprites by (kind, icon, colour, size), made when first needed and kept."""

    source: IconSource
    _masters: dict[str, np.ndarray] = field(default_factory=dict)
    _outlines: dict[str, Outline] = field(default_factory=dict)
    _levels: dict[tuple[str, str, str | None], tuple[Image.Image, ...]] = field(default_factory=dict)

    def outline(self, icon: str) -> Outline:
        """The hull of an icon."""
        if icon not in self._outlines:
            self._outlines[icon] = Outline(_hull(self._master(icon)[..., 3] >= SOLID))
        return self._outlines[icon]

    def sprite(self, kind: str, icon: str, color: str | None, edge: float) -> Image.Image:
        """The smallest kept picture (RGBa, alpha multiplied in, cropped) whose longer edge is `edge` pixels or more."""
        key = (kind, icon, color)
        if key not in self._levels:
            self._levels[key] = self._sizes(*key)
        return next((p for p in reversed(self._levels[key]) if max(p.size) >= edge), self._levels[key][0])

    def _sizes(self, kind: str, icon: str, color: str | None) -> tuple[Image.Image, ...]:
        master = self._master(icon)
        if color is not None:
            master = painted(master, color, kind_of(kind).painted_share)
        picture = Image.fromarray(master).convert("RGBa")
        longest = max(picture.size)
        sizes = [
            (max(1, round(picture.width * e / longest)), max(1, round(picture.height * e / longest))) for e in LEVELS
        ]
        return tuple(picture.resize(size, Image.Resampling.BOX) for size in sizes)

    def _master(self, icon: str) -> np.ndarray:
        if icon not in self._masters:
            picture = self.source.picture(icon, MASTER)
            rows, columns = (np.flatnonzero((picture[..., 3] >= SOLID).any(axis)) for axis in (1, 0))
            self._masters[icon] = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return self._masters[icon]


def _hull(mask: np.ndarray) -> np.ndarray:
    """Hull of a cropped mask [h, w]: see `Outline`."""
    height, width = mask.shape
    rows = np.flatnonzero(mask.any(1))
    first, last = mask[rows].argmax(1), width - mask[rows][:, ::-1].argmax(1)
    corners = [(x, y + d) for y, a, b in zip(rows, first, last, strict=True) for x in (a, b) for d in (0, 1)]
    points = _chain(sorted({(float(x), float(y)) for x, y in corners}))
    return (np.array(points) - (width / 2, height / 2)) / max(width, height)


def _chain(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Andrew's monotone chain over sorted points."""

    def half(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for x, y in ordered:
            while len(kept) > 1:
                (ax, ay), (bx, by) = kept[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    return half(points) + half(points[::-1])
