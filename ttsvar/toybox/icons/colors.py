"""GenEval's ten colours, and an icon turned to one of them so that its details stay readable."""

from __future__ import annotations

import numpy as np

COLORS: dict[str, tuple[int, int, int]] = {
    "red": (222, 40, 44),
    "orange": (250, 134, 30),
    "yellow": (252, 210, 40),
    "green": (38, 166, 80),
    "blue": (38, 104, 226),
    "purple": (134, 66, 190),
    "pink": (250, 130, 186),
    "brown": (124, 76, 44),
    "black": (46, 46, 52),
    "white": (240, 240, 244),
}
"""In GenEval's order of naming; the numbers are those of the toybox where it has the colour, a little brighter."""

HUE_BINS = 12
LIFT_ON_BLACK = 0.5
"""Differences of lightness on black, or its lighter parts pass for brown and grey."""
PALE_ON_WHITE = 0.68
"""OKLab lightness of white details where the body turns white."""
NEUTRAL_CHROMA = 0.045
"""OKLab chroma below which a colour counts as grey."""
_TO_LMS = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
_FROM_LAB, _FROM_LMS = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_LMS)


def to_oklab(rgb: np.ndarray) -> np.ndarray:
    """sRGB in 0 to 1, [..., 3], to OKLab: lightness 0 to 1, and two axes of colour."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T


def from_oklab(lab: np.ndarray) -> np.ndarray:
    """The inverse of `to_oklab`, clipped to what a screen shows."""
    linear = np.clip(((lab @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def painted(picture: np.ndarray, color: str, share: float) -> np.ndarray:
    """A picture uint8 [h, w, 4] (straight alpha) in one of the ten colours.

    Its main inks take the colour, lighter and darker by as much as they differ among themselves, so that a red dog's
    ear is a darker red. Inks of most area take it until they hold that `share` of the picture; the rest stays as it is
    (wheels, windows, leaves).
    """
    rgb, alpha = picture[..., :3] / 255.0, picture[..., 3] / 255.0
    lab, target = to_oklab(rgb), to_oklab(np.array(COLORS[color]) / 255.0)
    body = _body(lab, alpha, share)
    # White has no room above and black none below: there most of the body lies on the other side.
    middle = _quantile(lab[..., 0][body], alpha[body], {"white": 0.65, "black": 0.4}.get(color, 0.5))
    shift = np.clip(lab[..., 0] - middle, -0.45, 0.4)
    # What is near black or white has less room on one side: differences shrink rather than vanish.
    room = np.where(shift > 0, min(1.0, (1 - target[0]) / 0.4), min(1.0, (target[0] - 0.1) / 0.45))
    lightness = target[0] + shift * np.maximum(room, 0.35) * (LIFT_ON_BLACK if color == "black" else 1.0)
    fade = np.clip(1 - np.abs(lightness - target[0]) * 1.3, 0.35, 1.0)
    new = np.stack([lightness, target[1] * fade, target[2] * fade], axis=-1)
    if color == "white":
        # Letters and stripes that were white on a colour would vanish.
        pale = ~body & (lab[..., 0] > 0.88) & (np.hypot(lab[..., 1], lab[..., 2]) < 0.06)
        lab[..., 0] = np.where(pale, PALE_ON_WHITE, lab[..., 0])
    mixed = np.where(body[..., None], new, lab)
    result = picture.copy()
    result[..., :3] = np.round(from_oklab(mixed) * 255)
    return result


def _body(lab: np.ndarray, alpha: np.ndarray, share: float) -> np.ndarray:
    """Which pixels [h, w] take a new colour: the inks of most area until they hold `share` of it.

    Inks are grouped by hue; greys form a group, very dark and very light ones among them (eyes, tyres, teeth) one each.
    """
    chroma, hue = np.hypot(lab[..., 1], lab[..., 2]), np.arctan2(lab[..., 2], lab[..., 1])
    group = np.floor((hue + np.pi) / (2 * np.pi) * HUE_BINS).astype(int) % HUE_BINS
    grey = chroma < NEUTRAL_CHROMA
    group = np.where(grey, HUE_BINS, group)
    group = np.where(lab[..., 0] < 0.33, HUE_BINS + 1, group)
    group = np.where(grey & (lab[..., 0] > 0.93), HUE_BINS + 2, group)
    areas = np.bincount(group.ravel(), weights=alpha.ravel(), minlength=HUE_BINS + 3)
    body = np.zeros(alpha.shape, bool)
    covered = 0.0
    for index in np.argsort(-areas):
        if covered >= share * areas.sum():
            break
        body |= group == index
        covered += areas[index]
    return body


def _quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] * share)])
