"""Icons made in a few lines, so that tests need neither the published set nor its rasteriser."""

from __future__ import annotations

import zlib

import numpy as np


class FakeIcons:
    """Any name gives an ellipse of its own proportions and hue, with a dark eye and a white stripe."""

    def picture(self, name: str, side: int) -> np.ndarray:
        """uint8 [side, side, 4]."""
        number = zlib.crc32(name.encode())
        wide, high = 0.55 + 0.4 * (number % 97) / 97, 0.55 + 0.4 * (number // 97 % 89) / 89
        ramp = (np.arange(side) + 0.5) / side * 2 - 1
        x, y = ramp[None, :], ramp[:, None]
        inside = (x / wide) ** 2 + (y / high) ** 2 <= 1
        picture = np.zeros((side, side, 4), np.uint8)
        picture[inside] = (*(60 + number // np.array([7, 11, 13]) % 160), 255)
        picture[inside & (np.abs(y - 0.2) < 0.06)] = (250, 250, 250, 255)
        picture[((x - 0.2) ** 2 + (y + 0.2) ** 2 < 0.01) & inside] = (25, 25, 30, 255)
        return picture
