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
        _stamp(canvas, atlas, thing)
    return np.round(np.clip(canvas, 0, 255)).astype(np.uint8)


def _stamp(canvas: np.ndarray, atlas: Atlas, thing: Thing) -> None:
    """Lay a thing over the canvas float32 [side, side, 3], in place."""
    side = canvas.shape[0]
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
    pixels = np.asarray(drawn, np.float32)
    part = canvas[top:bottom, left:right]
    part *= 1 - pixels[..., 3:] / 255
    part += pixels[..., :3]
