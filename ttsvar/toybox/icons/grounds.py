"""What things stand on: plain shades, stripes, dots, checks, a floor under a wall, soft clouds; low in contrast."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ttsvar.toybox.icons.colors import from_oklab

PATTERNS = ("shade", "stripes", "dots", "checks", "floor", "clouds")
SHARES = (0.5, 0.1, 0.1, 0.08, 0.12, 0.1)
LIGHTNESS = (0.76, 0.96)
"""OKLab lightness of grounds; white things get the darker half and black ones the lighter."""
CHROMA_MOST = 0.035
"""So pale that no ground passes for a colour that a prompt names."""
CONTRAST = (0.02, 0.045)
"""Difference of lightness between the two inks of a pattern."""


@dataclass(frozen=True)
class Ground:
    """Two inks (RGB, 0 to 1) and how they lie; the period is a share of the picture's edge, the angle in radians."""

    pattern: str
    first: tuple[float, float, float]
    second: tuple[float, float, float]
    angle: float
    period: float
    phase: float


def draw_ground(rng: np.random.Generator, colors: list[str | None]) -> Ground:
    """A ground at random, on which things of these colours can be seen."""
    low, high = LIGHTNESS
    middle = (low + high) / 2
    low, high = (low, middle) if "white" in colors else (middle, high) if "black" in colors else (low, high)
    lightness, hue = rng.uniform(low, high), rng.uniform(0, 2 * np.pi)
    chroma, step = rng.uniform(0.005, CHROMA_MOST), rng.uniform(*CONTRAST)
    turn = rng.uniform(-0.5, 0.5)
    inks = np.array(
        [[lightness + side * step / 2, chroma * np.cos(hue + side * turn), chroma * np.sin(hue + side * turn)]
         for side in (1, -1)]
    )  # fmt: skip
    first, second = (tuple(float(v) for v in ink) for ink in from_oklab(inks))
    pattern = str(rng.choice(PATTERNS, p=SHARES))
    angle, period, phase = rng.uniform(0, 2 * np.pi), rng.uniform(0.09, 0.2), rng.uniform(0, 1)
    return Ground(pattern, first, second, float(angle), float(period), float(phase))  # type: ignore[arg-type]


def paint_ground(ground: Ground, side: int) -> np.ndarray:
    """float32 [side, side, 3], 0 to 255."""
    first, second = (np.array(ink, np.float32) * 255 for ink in (ground.first, ground.second))
    return first + (second - first) * _mix(ground, side)[..., None]


def _mix(ground: Ground, side: int) -> np.ndarray:
    """How much of the second ink each pixel holds: float32 [side, side] in 0 to 1."""
    x, y = _grid(side)
    c, s = np.float32(np.cos(ground.angle)), np.float32(np.sin(ground.angle))
    along, across = x * c + y * s, y * c - x * s
    soft = np.float32(side * ground.period / 3)
    if ground.pattern == "stripes":
        return _step(_wave(along, ground), soft)
    if ground.pattern == "checks":
        return _step(_wave(along, ground) * _wave(across, ground), soft)
    if ground.pattern == "dots":
        return _step(_wave(along, ground) + _wave(across, ground) - np.float32(0.9), soft)
    if ground.pattern == "floor":
        return _step(y - np.float32(0.05 + 0.3 * ground.phase), np.float32(side / 2)).repeat(side, axis=1)
    if ground.pattern == "clouds":
        slow = np.sin(5 * along + 9 * np.float32(ground.phase)) + np.sin(7 * across + 4 * along)
        return (0.5 + 0.25 * slow).astype(np.float32)
    return np.clip(0.5 + 0.7 * along, 0, 1)


def _wave(distance: np.ndarray, ground: Ground) -> np.ndarray:
    return np.sin(distance * np.float32(2 * np.pi / ground.period) + np.float32(2 * np.pi * ground.phase))


def _step(x: np.ndarray, sharpness: np.ndarray | np.floating) -> np.ndarray:
    """0 where x is below 0 and 1 above, over about a pixel."""
    return np.clip(x * sharpness + np.float32(0.5), 0, 1)


@cache
def _grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    ramp = (np.arange(side, dtype=np.float32) + 0.5) / side - 0.5
    return ramp[None, :], ramp[:, None]
