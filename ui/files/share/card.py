"""The share card, 1200 x 630: prompt, first blurs, lineage, winner and verdict on one picture."""

from __future__ import annotations

from PIL import Image

from ttsvar.storage.png import png_bytes

from ...session.session import Session
from ...shell.text import signed
from .model import Row, Told, told_of
from .pen import ACCENT, INK, LINE, MUTED, SCALES, Pen

SIZE = (1200, 630)
"""Pixels, as social networks show a link's picture."""
EDGE, LEFT, RIGHT = 48, 448, 1152
BLURS_TOP, TREE = 176, (300, 532)
MOST_BLURS = 8


def card_png(session: Session, state_id: str) -> bytes:
    """The card of a finished state as PNG; raises StateError for any other state."""
    return png_bytes(card(told_of(session, state_id)))


def card(told: Told) -> Image.Image:
    """The card of a finished branch."""
    pen = Pen(*SIZE)
    _heading(pen, told)
    pen.picture(told.winner, (EDGE, 150, EDGE + 360, 510), frame=ACCENT, wide=4, round_=18)
    pen.verdict((EDGE, 534), told.correct, told.verdict, 26, 360)
    _blurs(pen, told.blurs)
    _tree(pen, told.rows)
    _foot(pen, told)
    return pen.image


def _heading(pen: Pen, told: Told) -> None:
    size, lines = pen.wrapped(told.prompt, SIZE[0] - 2 * EDGE, 2, (44, 38, 32, 28))
    step = size * 1.18
    top = 84 - step * len(lines) / 2
    for i, line in enumerate(lines):
        pen.text((EDGE, top + i * step), line, size)


def _blurs(pen: Pen, row: Row) -> None:
    shown = len(row.images) if len(row.images) <= MOST_BLURS else MOST_BLURS - 1
    more = len(row.images) - shown
    pen.text((LEFT, BLURS_TOP - 28), f"Scale {row.scale}: {len(row.images)} blurs. Which one?", 19, MUTED)
    pitch = (RIGHT - LEFT + 12) / MOST_BLURS
    # The winner's own blur is shown, wherever it stands.
    order = sorted(range(len(row.images)), key=lambda i: (not row.winning[i], i))[:shown]
    for place, i in enumerate(sorted(order)):
        left = LEFT + place * pitch
        box = (left, BLURS_TOP, left + pitch - 12, BLURS_TOP + pitch - 12)
        pen.picture(row.images[i], box, frame=ACCENT if row.winning[i] else "")
    if more > 0:
        at = (LEFT + (MOST_BLURS - 0.5) * pitch - 6, BLURS_TOP + pitch / 2 - 6)
        pen.text(at, f"+{more}", 24, MUTED, anchor="mm")


def _tree(pen: Pen, rows: tuple[Row, ...]) -> None:
    top, bottom = TREE
    pitch = (RIGHT - LEFT) / len(rows)
    seats = max(seat for row in rows for seat in row.seats) + 1
    step = (bottom - top) / seats
    side = max(3.0, min(pitch - 12, step - 4))

    def middle(place: int, seat: int) -> tuple[float, float]:
        return LEFT + (place + 0.5) * pitch, top + (seat + 0.5) * step

    for light in (False, True):
        for place, row in enumerate(rows[1:], start=1):
            for i, parent in enumerate(row.parents):
                if parent is not None and row.winning[i] is light:
                    ends = (*middle(place - 1, rows[place - 1].seats[parent]), *middle(place, row.seats[i]))
                    pen.draw.line(ends, fill=ACCENT if light else LINE, width=5 if light else 2)
    for place, row in enumerate(rows):
        for i, image in enumerate(row.images):
            x, y = middle(place, row.seats[i])
            box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
            pen.picture(image, box, frame=ACCENT if row.winning[i] else "", wide=2, round_=5)
        color = SCALES.get(row.decision or "", MUTED)
        pen.text((middle(place, 0)[0], bottom + 8), str(row.scale), 16, color, anchor="ma")
        if row.decision:
            x = middle(place, 0)[0]
            pen.draw.line((x - 12, bottom + 30, x + 12, bottom + 30), fill=color, width=3)


def _foot(pen: Pen, told: Told) -> None:
    counts = [len(row.images) for row in told.rows]
    kept = [n for i, n in enumerate(counts) if not i or n != counts[i - 1]]
    way = f"{kept[0]} candidates, then {', '.join(map(str, kept[1:]))}" if kept[1:] else f"{kept[0]} candidates"
    hand = "" if not told.by_hand else f", {told.by_hand} choice{'s' * (told.by_hand > 1)} by hand"
    pen.draw.line((EDGE, 582, RIGHT, 582), fill=LINE, width=1)
    pen.text((EDGE, 605), f"{way}{hand}. Reward {signed(told.reward).replace(chr(0x2212), '-')}.", 18, INK, anchor="lm")
    pen.text((RIGHT, 605), f"TTS-VAR Explorer, {told.model}, seed {told.seed}", 18, MUTED, anchor="rm")
