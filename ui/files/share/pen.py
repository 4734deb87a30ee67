"""Drawing with one palette and Pillow's own typeface: text that fits, pictures in frames, marks of a verdict."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

PAPER, SURFACE, INK, MUTED, LINE = "#F6F7F9", "#FFFFFF", "#171C26", "#5B6679", "#D5DBE6"
ACCENT, GOOD, BAD = "#4650DD", "#00785A", "#B42318"
SCALES = {"cluster": "#1F7DC4", "resample": "#C97F00", "select": "#C97F00"}
Box = tuple[float, float, float, float]


class Pen:
    """A canvas of a size in pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def text(self, at: tuple[float, float], words: str, size: int, color: str = INK, *, anchor: str = "la") -> None:
        """One line of text."""
        self.draw.text(at, words, fill=color, font=ImageFont.load_default(size), anchor=anchor)

    def width(self, words: str, size: int) -> float:
        """How wide a line is."""
        return self.draw.textlength(words, font=ImageFont.load_default(size))

    def wrapped(self, words: str, width: float, lines: int, sizes: tuple[int, ...]) -> tuple[int, list[str]]:
        """The largest of the sizes at which the words fit into so many lines, and those; cut at the smallest."""
        for size in sizes:
            found = self._lines(words, width, size)
            if len(found) <= lines and all(self.width(line, size) <= width for line in found):
                return size, found
        size = sizes[-1]
        kept = self._lines(words, width, size)[:lines]
        while kept[-1] and self.width(f"{kept[-1]}...", size) > width:
            kept[-1] = kept[-1][:-1]
        return size, [*kept[:-1], f"{kept[-1].rstrip()}..."]

    def _lines(self, words: str, width: float, size: int) -> list[str]:
        lines = [""]
        for word in words.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.width(longer, size) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def picture(self, image: Image.Image, box: Box, *, frame: str = "", wide: int = 3, round_: int = 10) -> None:
        """A picture with round corners in a box, within a frame of a colour."""
        left, top, right, bottom = (round(v) for v in box)
        side = (right - left, bottom - top)
        mask = Image.new("L", (4 * side[0], 4 * side[1]), 0)
        corners = (0, 0, 4 * side[0] - 1, 4 * side[1] - 1)
        ImageDraw.Draw(mask).rounded_rectangle(corners, 4 * min(round_, side[0] // 4), fill=255)
        resized = image.resize(side, Image.Resampling.BICUBIC)
        self.image.paste(resized, (left, top), mask.resize(side, Image.Resampling.LANCZOS))
        if frame:
            gap = wide + 1
            around = (left - gap, top - gap, right + gap - 1, bottom + gap - 1)
            self.draw.rounded_rectangle(around, min(round_, side[0] // 4) + gap, outline=frame, width=wide)

    def strike(self, box: Box, color: str = MUTED) -> None:
        """A line across a box: dropped."""
        left, top, right, bottom = box
        self.draw.line((left + 6, bottom - 6, right - 6, top + 6), fill=SURFACE, width=6)
        self.draw.line((left + 6, bottom - 6, right - 6, top + 6), fill=color, width=3)

    def verdict(self, at: tuple[float, float], correct: bool | None, words: str, size: int, width: float) -> None:
        """A tick or a cross, and the words beside it, within a width; nothing where nothing was measured."""
        if correct is None:
            return
        x, y = at
        color, unit = GOOD if correct else BAD, size * 0.8
        tick = [(x, y + unit * 0.55), (x + unit * 0.35, y + unit * 0.9), (x + unit, y + unit * 0.1)]
        if correct:
            self.draw.line(tick, fill=color, width=4, joint="curve")
        else:
            self.draw.line((x, y + unit * 0.1, x + unit * 0.8, y + unit * 0.9), fill=color, width=4)
            self.draw.line((x, y + unit * 0.9, x + unit * 0.8, y + unit * 0.1), fill=color, width=4)
        left = x + unit + 10
        fitting, lines = self.wrapped(words, width - unit - 10, 1, (size, size - 4, size - 7))
        self.text((left, y + unit / 2), lines[0], fitting, color, anchor="lm")
