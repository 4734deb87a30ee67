"""A PNG that carries how it was made: a `ttsvar` chunk of JSON, and the `parameters` text that image browsers show.

The chunk holds the recipe (`recipe.state_recipe`), a digest of the weight files, and the picture's own bits: 1 to 2 KB
for the toybox, some 50 KB at 1024 px. Rounding differs between machines, so the recorded bits have the last word.
"""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from ttsvar.arrays import tensor_of
from ttsvar.engine.moves import steps_of, way_of
from ttsvar.engine.recipe import (
    MOVES_FORMAT,
    RECIPE_FORMAT,
    choices_from_json,
    moves_from_json,
    run_from_json,
    state_id,
    state_recipe,
)
from ttsvar.engine.states import only
from ttsvar.errors import ConfigError, FileError
from ttsvar.outside import DAMAGE, read_json
from ttsvar.storage.chunks import read_text
from ttsvar.turns import Move
from ttsvar.types import Run, SearchState
from ttsvar.values import whole_number

RECIPE_KEY = "ttsvar"
"""Name of the text chunk, and of the entry in `image.info`, that holds the recipe."""
PARAMETERS_KEY = "parameters"
"""Name of the text that AUTOMATIC1111's web UI, and the tools that followed it, write and read."""
FORMATS = (RECIPE_FORMAT, MOVES_FORMAT)
MOST_RECIPE = 12 * 1024**2
"""Bytes of the recipe's text: those of `MOST_BITS` in base64, and the choices."""
MOST_BITS = 64 * 1024**2
"""A recipe may not claim more bits than this; a picture of 1024 px has under half a million."""


@dataclass(frozen=True)
class Recipe:
    """What a picture says of its making, checked: the moves lead to the state, and the bits fit the scales."""

    run: Run
    moves: tuple[Move, ...]
    """Choices, and ways back, on the way to the state."""
    scale: int
    state: str
    candidate: str
    weights: str
    bits: tuple[Tensor, ...] | None
    """Per scale uint8 [h, w, D] of the one candidate; None in a file that does not hold them."""

    @property
    def choices(self) -> tuple[tuple[int, ...], ...]:
        """The parents at each scale, a way back being copies of the candidates' ancestors."""
        return way_of(self.run, self.moves).choices

    @property
    def row(self) -> int:
        """Index of the candidate in the state that was reached."""
        return way_of(self.run, self.moves).candidate_ids.index(self.candidate)

    def steps(self) -> tuple[tuple[int, int | None], ...]:
        """Every scale that was generated, in order, and the candidate's ancestor there: `moves.steps_of`."""
        return steps_of(self.run, self.moves, self.scale, self.row)


def sign(image: Image.Image, state: SearchState, candidate: int, weights: str = "") -> Image.Image:
    """Write the recipe of one candidate into `image.info`, from where it goes into a saved PNG."""
    packed = pack_bits(only(state, candidate).bits)
    recipe = json.dumps({**state_recipe(state, candidate), "weights": weights, "bits": packed})
    image.info |= {PARAMETERS_KEY: parameters_text(state.run, image.size, weights), RECIPE_KEY: recipe}
    image.encoderinfo = {"pnginfo": text_chunks(image)}
    return image


def text_chunks(image: Image.Image) -> PngInfo:
    """The text entries of `image.info` as PNG chunks, for `image.save(..., pnginfo=...)`."""
    chunks = PngInfo()
    for key, value in image.info.items():
        if isinstance(key, str) and isinstance(value, str):
            chunks.add_itxt(key, value)
    return chunks


def png_bytes(image: Image.Image, *, recipe: bool = True) -> bytes:
    """The image as a PNG file, with its text entries or without any."""
    buffer = io.BytesIO()
    bare(image).save(buffer, "PNG", pnginfo=text_chunks(image) if recipe else None)
    return buffer.getvalue()


def bare(image: Image.Image) -> Image.Image:
    """The same pixels with nothing said of how they were made."""
    return Image.fromarray(np.asarray(image))


def parameters_text(run: Run, size: tuple[int, int], weights: str = "") -> str:
    """The prompt on a line of its own, then `Name: value` pairs, as AUTOMATIC1111's web UI writes them."""
    search = run.search
    values: dict[str, Any] = {
        "Steps": len(run.schedule),
        "Sampler": search.strategy,
        "CFG scale": search.cfg,
        "Seed": run.seed,
        "Size": f"{size[0]}x{size[1]}",
        "Model": run.model,
        "Model hash": weights,
        "N": search.n,
        "Batch": run.batch,
        "Lambda": search.lam,
        "Potential": search.potential,
        "Tau": search.tau,
        "Top P": search.top_p,
    }
    pairs = ", ".join(f"{name}: {_parameter(value)}" for name, value in values.items() if value != "")
    return f"{run.prompt}\n{pairs}"


def read_recipe(data: bytes) -> Recipe:
    """The recipe of a PNG file; raises FileError where it is damaged, foreign, or from a later version.

    Its pixels are never unpacked: the recipe is a chunk of its own.
    """
    text = read_text(data, RECIPE_KEY, MOST_RECIPE)
    if text is None:
        raise FileError(
            "This PNG carries no recipe: it was made elsewhere, saved without it, or another program that saved it "
            "left it out. Take the file as it was downloaded."
        )
    try:
        values = read_json(text, MOST_RECIPE)
    except FileError as error:
        raise FileError(f"The recipe in this PNG {error}; take another copy of the file.") from error
    return recipe_from_json(values)


def recipe_from_json(content: object) -> Recipe:
    """The checked recipe of the chunk's JSON; raises FileError that says what does not fit."""
    values: Mapping[str, Any] = cast(Mapping[str, Any], content) if isinstance(content, Mapping) else {}
    found: object = values.get("format") if isinstance(content, Mapping) else content
    if found not in FORMATS:
        raise FileError(f"The recipe has format {str(found)[:20]!r}; this version reads {FORMATS[-1]}. Update the app.")
    try:
        run = run_from_json(values)
        moves = choices_from_json(values["choices"]) if found == RECIPE_FORMAT else moves_from_json(values["moves"])
        scale, state = whole_number(values["scale"], 1, len(run.schedule)), str(values["state"])
        packed = values.get("bits")
        bits = None if packed is None else unpack_bits(packed)
        recipe = Recipe(run, moves, scale, state, str(values["candidate"]), str(values.get("weights", "")), bits)
        if state_id(run, scale, moves) != state or way_of(run, moves).scale not in (scale, scale - 1):
            raise FileError("The recipe's choices do not lead to the state that it names: it was changed by hand.")
        _check(recipe)
    except (ConfigError, *DAMAGE) as error:
        raise FileError(f"The recipe is damaged ({error!s:.300}); take another copy of the file.") from error
    return recipe


def pack_bits(bits: tuple[Tensor, ...]) -> dict[str, Any]:
    """Bits uint8 [1, h, w, D] per scale as JSON: their shapes, and 8 to a byte in base64."""
    flat = np.concatenate([b.cpu().numpy().reshape(-1) for b in bits])
    return {
        "shapes": [list(b.shape[1:]) for b in bits],
        "packed": base64.b64encode(np.packbits(flat).tobytes()).decode(),
    }


def unpack_bits(values: Mapping[str, Any]) -> tuple[Tensor, ...]:
    """The inverse of `pack_bits`, per scale uint8 [h, w, D]; raises ValueError where shapes and bytes disagree."""
    shapes = [tuple(whole_number(n, 1, MOST_BITS) for n in shape) for shape in values["shapes"]]
    if any(len(shape) != 3 for shape in shapes):
        raise ValueError("a scale of bits is not [h, w, D]")
    counts = [math.prod(shape) for shape in shapes]
    packed = np.frombuffer(base64.b64decode(values["packed"], validate=True), dtype=np.uint8)
    if sum(counts) > MOST_BITS or len(packed) != -(-sum(counts) // 8):
        raise ValueError(f"{len(packed)} bytes are not the {sum(counts)} bits of its scales")
    flat = tensor_of(np.unpackbits(packed, count=sum(counts)).copy())
    ends = np.cumsum(counts).tolist()
    return tuple(flat[end - n : end].reshape(shape) for end, n, shape in zip(ends, counts, shapes, strict=True))


def _check(recipe: Recipe) -> None:
    if recipe.bits is not None and len(recipe.bits) != recipe.scale:
        raise ValueError(f"bits of {len(recipe.bits)} scales, where {recipe.scale} were drawn")
    _ = recipe.row


def _parameter(value: Any) -> str:
    if isinstance(value, tuple):
        return json.dumps(", ".join(f"{v:g}" for v in cast(tuple[float, ...], value)))
    return f"{value:g}" if isinstance(value, float) else str(value)
