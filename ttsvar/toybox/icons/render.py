"""A scene to a picture."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.grounds import paint_ground
from ttsvar.toybox.icons.scenes import Scene, Thing


def render(atlas: Atlas, scene: Scene, side: int) -> np.ndarray:
    """Draw a scene: uint8 [side, side, 3] RGB."""
    canvas = paint_ground(scene.ground, side)
    for thing in scene.things:
        (top, bottom), (left, right), pixels = _stamp(atlas, thing, side)
        part = canvas[top:bottom, left:right]
        part *= 1 - pixels[..., 3:] / 255
        part += pixels[..., :3]
    return np.round(np.clip(canvas, 0, 255)).astype(np.uint8)


def render_thing(atlas: Atlas, thing: Thing, side: int) -> np.ndarray:
    """A thing alone: float32 [side, side, 4] in 0 to 1, RGB with alpha multiplied in, and alpha."""
    canvas = np.zeros((side, side, 4), np.float32)
    (top, bottom), (left, right), pixels = _stamp(atlas, thing, side)
    canvas[top:bottom, left:right] = pixels / 255
    return canvas


def _stamp(atlas: Atlas, thing: Thing, side: int) -> tuple[tuple[int, int], tuple[int, int], np.ndarray]:
    """Rows, columns and pixels float32 [rows, columns, 4] in 0 to 255 of a thing, alpha multiplied in."""
    left, top = (max(0, int(np.floor(v * side)) - 1) for v in thing.box[:2])
    right, bottom = (min(side, int(np.ceil(v * side)) + 1) for v in thing.box[2:])
    sprite = atlas.sprite(thing.shape, thing.icon, thing.color, thing.size * side)
    # PIL asks, for each pixel of the result, where in the sprite it comes from.
    scale = max(sprite.size) / (thing.size * side)
    c, s = np.cos(thing.angle) * scale, np.sin(thing.angle) * scale
    flip = -1.0 if thing.mirrored else 1.0
    dx, dy = left - thing.x * side, top - thing.y * side
    across = (flip * c, flip * s, flip * (c * dx + s * dy) + sprite.width / 2)
    down = (-s, c, -s * dx + c * dy + sprite.height / 2)
    size = (right - left, bottom - top)
    drawn = sprite.transform(size, Image.Transform.AFFINE, (*across, *down), Image.Resampling.BILINEAR)
    return (top, bottom), (left, right), np.asarray(drawn, np.float32)
