"""Many prompts in one picture, for the README and for judging by eye."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ttsvar.config import SearchConfig
from ttsvar.detections import Detection, Detector
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.bench.worker import Outcome, draw_seed, run_search
from ttsvar.evaluation.rules.geneval import GENEVAL, judge

MARGIN, CAPTION = 10, 42
PAPER, INK, RIGHT, WRONG = (250, 250, 248), (40, 40, 46), (44, 140, 84), (196, 62, 48)


def contact_sheet(
    engine: Engine,
    prompts: Sequence[EvaluationPrompt],
    path: str | Path,
    *,
    search: SearchConfig | None = None,
    seed: int = 0,
    columns: int = 8,
    detector: Detector | None = None,
) -> list[Outcome]:
    """Draw one image a prompt (raw unless a search is given) and save them in a grid with their prompts below.

    With a detector each image gets the boxes it sees and a bar that says whether the prompt is satisfied.
    """
    search = search or SearchConfig(strategy="raw")
    outcomes = [run_search(engine, p.prompt, search, draw_seed(p, seed)) for p in prompts]
    tiles = [Image.fromarray(outcome.image.numpy()) for outcome in outcomes]
    captions = [p.prompt.removeprefix("a photo of ") for p in prompts]
    verdicts: list[bool | None] = [None] * len(tiles)
    if detector is not None:
        for i, (prompt, outcome) in enumerate(zip(prompts, outcomes, strict=True)):
            found = detector.detect(outcome.image[None])[0]
            tiles[i] = mark(tiles[i], found)
            verdicts[i] = judge(prompt.metadata, found).correct
    sheet(tiles, captions, verdicts, columns).save(path)
    return outcomes


def sheet(
    tiles: Sequence[Image.Image], captions: Sequence[str], verdicts: Sequence[bool | None], columns: int = 8
) -> Image.Image:
    """Images of one size in a grid, captions below, and a green or red bar where there is a verdict."""
    width, height = tiles[0].size
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    page = Image.new("RGB", (columns * (width + MARGIN) + MARGIN, rows * (height + CAPTION + MARGIN) + MARGIN), PAPER)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=11)
    for i, (tile, caption, verdict) in enumerate(zip(tiles, captions, verdicts, strict=True)):
        x = MARGIN + i % columns * (width + MARGIN)
        y = MARGIN + i // columns * (height + CAPTION + MARGIN)
        page.paste(tile, (x, y))
        if verdict is not None:
            pen.rectangle((x, y + height, x + width - 1, y + height + 2), fill=RIGHT if verdict else WRONG)
        text = "\n".join(textwrap.wrap(caption, max(8, width // 6))[:3])
        pen.multiline_text((x, y + height + 4), text, fill=INK, font=font, spacing=1)
    return page


def mark(image: Image.Image, detections: Sequence[Detection], threshold: float = GENEVAL.threshold) -> Image.Image:
    """The image, twice as large, with the box, colour, class and score of every detection above a threshold."""
    large = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    pen, font = ImageDraw.Draw(large), ImageFont.load_default(size=11)
    for d in detections:
        if d.score > threshold:
            left, top, right, bottom = (2 * v for v in d.box)
            pen.rectangle((left, top, right, bottom), outline=INK)
            pen.text((left + 2, top + 1), f"{d.color} {d.cls} {d.score:.2f}", fill=INK, font=font)
    return large
