"""`ttsvar replay`: make a saved picture again from the recipe that it carries."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.errors import FileError
from ttsvar.storage.outputs import PICTURES, prepare

if TYPE_CHECKING:
    from PIL import Image

    from ttsvar.engine.loop import Engine
    from ttsvar.storage.png import Recipe

HELP = "make a saved picture again from the recipe that it carries"


def add(parser: argparse.ArgumentParser) -> None:
    """The picture, the model, and where the new one goes."""
    parser.add_argument("picture", type=Path, help="a PNG that was saved here with its recipe")
    add_loading_flags(parser)
    parser.add_argument("--out", type=Path, required=True, help="where the picture made again goes")


def run(arguments: argparse.Namespace) -> None:
    """Replay the recipe, and say how many bits came out differently."""
    from ttsvar.families.load import load
    from ttsvar.storage.png import read_recipe

    prepare(arguments.out, *PICTURES[:1])
    try:
        recipe = read_recipe(arguments.picture.read_bytes())
    except OSError as error:
        raise FileError(f"{arguments.picture} cannot be read: {error.strerror}.") from error
    image, differing = remade(load(arguments.model, settings=load_settings(arguments)), recipe)
    image.save(arguments.out)
    print(f"Wrote {arguments.out}: {recipe.candidate} of state {recipe.state}; {differing} bits came out differently.")


def remade(engine: Engine, recipe: Recipe) -> tuple[Image.Image, int]:
    """The picture of a recipe made again, signed as before, and how many of its bits came out differently."""
    from PIL import Image

    from ttsvar.engine.states import only
    from ttsvar.storage.png import sign
    from ttsvar.storage.replay import reached, replay

    *_, last = replay(engine, recipe)
    state = reached(last, recipe)
    images = engine.observe(only(state, recipe.row), features=False, scores=False)[0].images
    return sign(Image.fromarray(images[0].numpy()), state, recipe.row, engine.weights), last.differing
