"""A few SVG shapes on a grid of 32 by 32, with the inks of the icon set by name."""

from __future__ import annotations

INKS = {
    "red": "#F8312F",
    "dark red": "#CA0B4A",
    "rose": "#FF6F77",
    "blue": "#0074BA",
    "deep blue": "#004F80",
    "sky": "#26C9FC",
    "green": "#00D26A",
    "purple": "#8D65C5",
    "pink": "#FF5CA0",
    "yellow": "#FCD53F",
    "pale wood": "#F3AD61",
    "honey": "#D67D00",
    "wood": "#A56953",
    "brown": "#6D4534",
    "white": "#F4F4F4",
    "light": "#E1D8EC",
    "silver": "#CDC4D6",
    "grey": "#9B9B9B",
    "dark": "#636363",
    "black": "#212121",
}


def rect(x: float, y: float, width: float, height: float, ink: str, corner: float = 0) -> str:
    """A rectangle from its top left, with rounded corners."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{corner}" fill="{INKS[ink]}"/>'


def path(outline: str, ink: str) -> str:
    """A filled outline."""
    return f'<path d="{outline}" fill="{INKS[ink]}"/>'


def line(outline: str, ink: str, width: float) -> str:
    """A stroke with round ends."""
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{outline}" fill="none" stroke="{INKS[ink]}" stroke-width="{width}" {ends}/>'


def disc(x: float, y: float, radius: float, ink: str, high: float | None = None) -> str:
    """An ellipse around a centre; a circle where `high` is left out."""
    return f'<ellipse cx="{x}" cy="{y}" rx="{radius}" ry="{radius if high is None else high}" fill="{INKS[ink]}"/>'


def turned(angle: float, *parts: str) -> str:
    """Parts turned clockwise by degrees around the middle of the grid."""
    return f'<g transform="rotate({angle} 16 16)">{"".join(parts)}</g>'
