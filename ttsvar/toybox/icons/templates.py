"""Every icon in every colour on a small grid, mirrored and turned: what pictures are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import KINDS, Kind
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.grounds import Ground
from ttsvar.toybox.icons.render import render_thing
from ttsvar.toybox.icons.scenes import TURN_MOST, Thing

EDGE = 24
"""Cells along a side of a template; boxes of any shape are stretched onto them."""
ANGLES = tuple(share * TURN_MOST for share in (-0.9, -0.45, 0.0, 0.45, 0.9))
PAINTS = (None, *COLORS)
FLAT = Ground("shade", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 0.1, 0.0)
SHORTLIST = 24
"""Templates that are looked at again with the box moved."""
PALEST = 0.02
"""Squared contrast below which a thing's contrast counts as this: noise on a pale thing is no other thing."""
ASPECT_WEIGHT = 0.6
"""What a factor of e between the shapes of two boxes adds to their difference."""


@dataclass(frozen=True)
class Match:
    """The template most like a crop."""

    shape: str
    color: str | None
    error: float
    """Squared difference as a share of both contrasts with the ground, shapes of boxes weighed in; 0 is equal."""


class TemplateBank:
    """All templates: kinds [N], box shapes [N], alpha [N, P] and pictures [N, colours, P, 3], alpha multiplied in."""

    def __init__(self, atlas: Atlas, some: Sequence[Kind] = KINDS) -> None:
        kinds, aspects, alphas, inks = [], [], [], []
        for kind in some:
            for icon in kind.icons:
                for mirrored in (False, True)[: 1 + kind.mirrors]:
                    for angle in ANGLES:
                        aspect, alpha, ink = _template(atlas, kind.name, icon, angle, mirrored, kind.paintable)
                        kinds.append(kind.name)
                        aspects.append(aspect)
                        alphas.append(alpha)
                        inks.append(ink)
        self.kinds = np.array(kinds)
        self._aspects, self._alpha = np.array(aspects, np.float32), np.stack(alphas)
        self._ink = np.stack(inks)
        self._area = self._alpha.mean(1)
        self._ink_square = np.square(self._ink).sum(-1).mean(-1)
        self._ink_alpha = np.einsum("ncpk,np->nck", self._ink, self._alpha) / EDGE**2
        self._alpha_square = np.square(self._alpha).mean(1)

    def match(
        self, crop: np.ndarray, seen: float, aspect: float, ground: np.ndarray, rows: np.ndarray | None = None
    ) -> tuple[Match, np.ndarray]:
        """The best match of a crop float32 [EDGE, EDGE, 3] in 0 to 1, `seen` of which is no ground, and the next best.

        `aspect` is the box's width over its height, `ground` [3] the colour that everything else was painted with,
        `rows` the templates to look at (all if None). The second result is numbers of templates, best first.
        """
        some = slice(None) if rows is None else rows
        ink, alpha = self._ink[some], self._alpha[some]
        # |T - c|^2 with T = ink + (1 - alpha) ground, about the ground: T - g = ink - alpha g.
        rest = (crop - ground).reshape(-1, 3).astype(np.float32)
        cross = (ink.reshape(len(ink), ink.shape[1], -1) @ rest.reshape(-1)) / EDGE**2
        shadow = (alpha @ rest) @ ground / EDGE**2
        square = self._ink_square[some] - 2 * self._ink_alpha[some] @ ground
        square = square + (self._alpha_square[some] * float(ground @ ground))[:, None]
        own = float(np.square(rest).sum(-1).mean())
        errors = square - 2 * (cross - shadow[:, None]) + own
        errors = errors / np.maximum(square + own, PALEST * np.maximum(self._area[some], seen)[:, None])
        errors = errors + ASPECT_WEIGHT * np.square(np.log(aspect / self._aspects[some]))[:, None]
        best, paint = np.unravel_index(int(errors.argmin()), errors.shape)
        order = errors.min(1).argsort()[:SHORTLIST]
        number = best if rows is None else rows[best]
        found = Match(str(self.kinds[number]), PAINTS[paint], float(errors[best, paint]))
        return found, order if rows is None else rows[order]


def _template(
    atlas: Atlas, shape: str, icon: str, angle: float, mirrored: bool, paintable: bool
) -> tuple[float, np.ndarray, np.ndarray]:
    """Box shape, alpha [P], and inks [colours, P, 3]; a class without colours has infinitely wrong ones."""
    left, top, right, bottom = atlas.outline(icon).extent(angle, mirrored)
    size = 0.75
    box = tuple(0.5 + size * v for v in (left, top, right, bottom))
    planes = []
    for color in PAINTS if paintable else PAINTS[:1]:
        thing = Thing(shape, icon, color, 0.5, 0.5, size, angle, mirrored, box)  # type: ignore[arg-type]
        planes.append(render_thing(atlas, thing, EDGE * 4))
    stretched = np.stack([_stretch(plane, box) for plane in planes])
    inks = np.full((len(PAINTS), EDGE**2, 3), 9.0, np.float32)
    inks[: len(planes)] = stretched[..., :3].reshape(len(planes), -1, 3)
    return (right - left) / (bottom - top), stretched[0, ..., 3].reshape(-1), inks


def _stretch(plane: np.ndarray, box: tuple[float, ...]) -> np.ndarray:
    """The part of a picture float32 [H, W, 4] in a box of shares, averaged onto [EDGE, EDGE, 4]."""
    side = plane.shape[0]
    part = tuple(v * side for v in box)
    channels = [
        Image.fromarray(plane[..., c]).resize((EDGE, EDGE), Image.Resampling.BOX, box=part)
        for c in range(plane.shape[-1])
    ]
    return np.stack([np.asarray(channel) for channel in channels], axis=-1)
