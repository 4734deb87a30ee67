"""`ttsvar redraw`: draw a part of a saved picture anew and let the rest stay, from the recipe that it carries."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.errors import ConfigError, FileError
from ttsvar.storage.outputs import PICTURES, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from PIL import Image

    from ttsvar.engine.loop import Engine
    from ttsvar.storage.png import Recipe

HELP = "draw a part of a saved picture anew, in a few variants, and let the rest stay"
MOST_MASK = 4096
"""Of a mask, its sides in pixels."""
GRID = 256
"""Cells a side by which a box is told."""


def add(parser: argparse.ArgumentParser) -> None:
    """The picture, the model, what is drawn anew and from where, and where the variants go."""
    parser.add_argument("picture", type=Path, help="a PNG that was saved here with its recipe")
    add_loading_flags(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--box",
        type=float,
        nargs=4,
        metavar=("LEFT", "TOP", "RIGHT", "BOTTOM"),
        help="the part to draw anew, in shares of the picture from 0 to 1; without it, and without --mask, all of it",
    )
    where.add_argument("--mask", type=Path, help="a grey picture that is light where it is to be drawn anew")
    parser.add_argument("--rest", action="store_true", help="keep that part, and draw the rest anew")
    parser.add_argument("--from-scale", type=int, required=True, help="the scale from which it is drawn anew")
    parser.add_argument("--copies", type=int, default=4, help="how many variants")
    parser.add_argument("--out", type=Path, required=True, help="a PNG; the variants get numbers, as in out-1.png")


def run(arguments: argparse.Namespace) -> None:
    """Make the picture again, go back, and save every variant with its own recipe."""
    from ttsvar.families.load import load
    from ttsvar.storage.png import read_recipe

    prepare(arguments.out, *PICTURES[:1])
    try:
        recipe = read_recipe(arguments.picture.read_bytes())
    except OSError as error:
        raise FileError(f"{arguments.picture} cannot be read: {error.strerror}.") from error
    keep = kept(arguments.box, arguments.mask, arguments.rest)
    engine = load(arguments.model, settings=load_settings(arguments))
    for number, (name, image) in enumerate(variants(engine, recipe, keep, arguments.from_scale, arguments.copies), 1):
        path = arguments.out.with_stem(f"{arguments.out.stem}-{number}")
        image.save(path)
        print(f"Wrote {path}: {name}.")


def kept(box: Sequence[float] | None, mask: Path | None, rest: bool) -> np.ndarray:
    """What stays, bool [H, W]; raises ConfigError where the box is none, FileError where the mask is none."""
    import numpy as np

    if mask is not None:
        anew = _light(mask)
    else:
        left, top, right, bottom = box or (0.0, 0.0, 1.0, 1.0)
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise ConfigError(
                f"--box is {left:g} {top:g} {right:g} {bottom:g}; it must be within 0 and 1, left before right and top "
                "before bottom."
            )
        middles = (np.arange(GRID) + 0.5) / GRID
        anew = ((middles > top) & (middles < bottom))[:, None] & ((middles > left) & (middles < right))[None, :]
    return anew if rest else ~anew


def variants(
    engine: Engine, recipe: Recipe, keep: np.ndarray, first: int, copies: int
) -> Iterator[tuple[str, Image.Image]]:
    """The variants' names and signed pictures, drawn up to where the picture was; all are drawn before the first."""
    from PIL import Image

    from ttsvar.storage.png import sign
    from ttsvar.storage.replay import reached, replay

    *_, last = replay(engine, recipe)
    state = reached(last, recipe)
    turned = engine.redraw(state, recipe.row, keep, from_scale=first, copies=copies)
    while turned.scale < state.scale:
        result = engine.step(turned)
        turned = result.grown if result.grown.scale == state.scale else engine.commit(result)
    images = engine.observe(turned, features=False, scores=False)[0].images
    for row, pixels in enumerate(images):
        yield turned.candidate_ids[row], sign(Image.fromarray(pixels.numpy()), turned, row, engine.weights)


def _light(path: Path) -> np.ndarray:
    import numpy as np
    from PIL import Image

    from ttsvar.outside import DAMAGE

    try:
        with Image.open(path) as image:
            if max(image.size) > MOST_MASK:
                raise FileError(
                    f"{path} has {image.size[0]} x {image.size[1]} pixels; at most {MOST_MASK} a side are read."
                )
            return np.asarray(image.convert("L")) >= 128
    except FileError:
        raise
    except DAMAGE as error:
        raise FileError(f"{path} is no picture that can be read ({error!s:.200}).") from error
