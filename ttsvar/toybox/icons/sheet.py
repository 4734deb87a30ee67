"""Pictures to look this world over: every icon in every colour, scenes with their prompts, what a tokenizer keeps."""

from __future__ import annotations

import argparse
import textwrap
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import KINDS
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.drawn import VALIDATION_SEED, validation_batch
from ttsvar.toybox.icons.presets import IMAGE_SIZE, SCHEDULE
from ttsvar.toybox.icons.prompts import training_scene
from ttsvar.toybox.icons.render import render
from ttsvar.toybox.icons.source import IconSource, published_icons

PAPER, INK = (214, 221, 232), (20, 20, 20)
CELL, LABEL, BLOCKS = 56, 130, 3
ROWS, COLUMNS = 6, 7
SHOWN_SCALES = (3, 6, 7, 10, 13)
"""Previews after so many scales, in the sheet of reconstructions."""


def catalogue_sheet(source: IconSource) -> Image.Image:
    """Every icon of every class, in its own inks and in the ten colours, at 48 pixels."""
    atlas, edge = Atlas(source), CELL - 8
    icons = [(kind, icon) for kind in KINDS for icon in kind.icons]
    rows = -(-len(icons) // BLOCKS)
    paints = (None, *COLORS)
    sheet = Image.new("RGB", (BLOCKS * (LABEL + len(paints) * CELL), rows * CELL), PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, (kind, icon) in enumerate(icons):
        left, top = number // rows * (LABEL + len(paints) * CELL), number % rows * CELL
        pen.text((left + 4, top + CELL // 3), kind.name, INK)
        for column, color in enumerate(paints if kind.paintable else paints[:1]):
            sprite = atlas.sprite(kind.name, icon, color, edge).convert("RGBA")
            sprite.thumbnail((edge, edge), Image.Resampling.BOX)
            sheet.paste(sprite, (left + LABEL + column * CELL, top + 4), sprite)
    return sheet


def scene_sheet(source: IconSource, seed: int) -> Image.Image:
    """Training scenes of a seed under their prompts."""
    atlas, high = Atlas(source), IMAGE_SIZE + 40
    sheet = Image.new("RGB", (COLUMNS * (IMAGE_SIZE + 8), ROWS * high), PAPER)
    pen = ImageDraw.Draw(sheet)
    for index in range(ROWS * COLUMNS):
        request, scene = training_scene(atlas, seed, index)
        x, y = index % COLUMNS * (IMAGE_SIZE + 8), index // COLUMNS * high
        sheet.paste(Image.fromarray(render(atlas, scene, IMAGE_SIZE)), (x, y))
        for line, words in enumerate(textwrap.wrap(request.prompt.removeprefix("a photo of "), 22)[:3]):
            pen.text((x + 2, y + IMAGE_SIZE + 1 + 12 * line), words, INK)
    return sheet


@torch.no_grad()
def preview_sheet(source: IconSource, tokenizer: Path) -> Image.Image:
    """Unseen scenes, and what the tokenizer shows of them after 3, 6, 7, 10 and all scales, one scene a column."""
    from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer

    model, images = load_tokenizer(tokenizer), validation_batch(source).images(torch.device("cpu"))[:12]
    bits, _ = model.quantizer.encode(model.encode_features(images), SCHEDULE.sizes)
    rows = [images]
    for scales in SHOWN_SCALES:
        rows.append(model.decode(model.quantizer.sum_codes(bits[:scales], SCHEDULE.sizes[-1])))
    return Image.fromarray(np.concatenate([np.concatenate(list(model.to_uint8(r).numpy()), 1) for r in rows]))


def scenes_a_second(source: IconSource, count: int = 300) -> float:
    """How many scenes one core draws, once every sprite is there."""
    atlas = Atlas(source)
    scenes = [training_scene(atlas, VALIDATION_SEED, index)[1] for index in range(count)]
    for scene in scenes:
        render(atlas, scene, IMAGE_SIZE)
    began = time.process_time()
    for index in range(count):
        render(atlas, training_scene(atlas, VALIDATION_SEED, index)[1], IMAGE_SIZE)
    return count / (time.process_time() - began)


def main() -> None:
    """Write one of the pictures, or print the speed of drawing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("catalogue", "scenes", "previews", "speed"))
    parser.add_argument("--out", type=Path, default=Path("sheet.png"))
    parser.add_argument("--seed", type=int, default=VALIDATION_SEED)
    parser.add_argument("--tokenizer", type=Path, help="weights for the sheet of previews")
    given = parser.parse_args()
    source = published_icons()
    if given.what == "speed":
        print(f"{scenes_a_second(source):.0f} scenes a second and core")
        return
    if given.what == "previews" and given.tokenizer is None:
        parser.error("previews needs --tokenizer FILE")
    pictures = {
        "catalogue": lambda: catalogue_sheet(source),
        "scenes": lambda: scene_sheet(source, given.seed),
        "previews": lambda: preview_sheet(source, given.tokenizer),
    }
    pictures[given.what]().save(given.out)
    print(f"Wrote {given.out}.")


if __name__ == "__main__":
    main()
