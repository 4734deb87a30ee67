"""The search as an animated WebP: the board scale by scale, whoever is dropped struck out before it leaves."""

from __future__ import annotations

import io
import math

from PIL import Image

from ...session.session import Session
from .model import Row, Told, told_of
from .pen import ACCENT, INK, MUTED, SCALES, Pen

SIZE = (720, 480)
EDGE, TOP, BOTTOM = 24, 96, 456
HOLD, DECIDE, LAST = 500, 1100, 3000
"""Milliseconds of a scale, of a decision, of the end."""
WORDS = {"cluster": "one of each layout goes on", "resample": "picked by reward", "select": "the best go on"}


def film_webp(session: Session, state_id: str) -> bytes:
    """The film of a finished state; raises StateError for any other state."""
    return film(told_of(session, state_id))


def film(told: Told) -> bytes:
    """An animated WebP of a finished branch."""
    frames, times = [], []
    for row in told.rows:
        frames.append(_frame(told, row, decided=False))
        times.append(HOLD)
        if not all(row.alive):
            frames.append(_frame(told, row, decided=True))
            times.append(DECIDE)
    frames.append(_end(told))
    times.append(LAST)
    out = io.BytesIO()
    frames[0].save(
        out, "WEBP", save_all=True, append_images=frames[1:], duration=times, loop=0, quality=80, method=2
    )  # fmt: skip
    return out.getvalue()


def _frame(told: Told, row: Row, *, decided: bool) -> Image.Image:
    pen = Pen(*SIZE)
    _title(pen, told.prompt)
    said = f"Scale {row.scale} of {len(told.rows) - 1}"
    pen.text((EDGE, 58), said, 18, MUTED)
    if decided:
        words, color = WORDS.get(row.decision or "", "dropped by hand"), SCALES.get(row.decision or "", MUTED)
        pen.text((EDGE + pen.width(said, 18) + 14, 58), words, 18, color)
    seats = max(seat for r in told.rows for seat in r.seats) + 1
    boxes = _boxes(seats)
    for i, image in enumerate(row.images):
        box = boxes[row.seats[i]]
        pen.picture(image, box, frame=ACCENT if decided and row.alive[i] else "")
        if decided and not row.alive[i]:
            pen.strike(box)
    return pen.image


def _boxes(seats: int) -> list[tuple[float, float, float, float]]:
    """Where each seat is: as large as so many squares can be between the edges."""
    wide, high = SIZE[0] - 2 * EDGE, BOTTOM - TOP
    columns = max(range(1, seats + 1), key=lambda c: min(wide / c, high / math.ceil(seats / c)))
    pitch = min(wide / columns, high / math.ceil(seats / columns))
    gap = min(12, pitch * 0.12)
    left = (SIZE[0] - pitch * columns) / 2
    return [
        (x + gap / 2, y + gap / 2, x + pitch - gap / 2, y + pitch - gap / 2)
        for seat in range(seats)
        for x, y in [(left + seat % columns * pitch, TOP + seat // columns * pitch)]
    ]


def _end(told: Told) -> Image.Image:
    pen = Pen(*SIZE)
    _title(pen, told.prompt)
    pen.text((EDGE, 58), f"{told.name} wins", 18, MUTED)
    side = BOTTOM - TOP - 40
    left = (SIZE[0] - side) / 2
    pen.picture(told.winner, (left, TOP, left + side, TOP + side), frame=ACCENT, wide=4, round_=16)
    pen.verdict((left, TOP + side + 16), told.correct, told.verdict, 22, SIZE[0] - left - EDGE)
    return pen.image


def _title(pen: Pen, prompt: str) -> None:
    size, lines = pen.wrapped(prompt, SIZE[0] - 2 * EDGE, 1, (28, 24, 20, 17))
    pen.text((EDGE, 20), lines[0], size, INK)
