"""Texts of a picture that are no text, and bits of another number of scales."""

from __future__ import annotations

import io
import json

import pytest
from engine_fakes import fake_engine
from PIL import Image

from ttsvar.config import SearchConfig
from ttsvar.errors import FileError
from ttsvar.storage.png import pack_bits, recipe_from_json, text_chunks, unpack_bits


@pytest.fixture
def values() -> dict:
    """The recipe of a finished picture, as it lies in the file."""
    engine = fake_engine()
    state = engine.begin("two red stars", search=SearchConfig(strategy="raw"), seed=1)
    while not state.done:
        state = engine.commit(engine.step(state))
    return json.loads(engine.best(state).info["ttsvar"])


def test_only_text_of_a_picture_is_written_beside_it() -> None:
    image = Image.new("RGB", (8, 8))
    image.info |= {"dpi": (72, 72), "title": "a cup"}
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=text_chunks(image))
    assert Image.open(io.BytesIO(buffer.getvalue())).text == {"title": "a cup"}  # type: ignore[attr-defined]


def test_bits_of_fewer_scales_than_were_drawn_are_refused(values: dict) -> None:
    bits = [part[None] for part in unpack_bits(values["bits"])]
    with pytest.raises(FileError, match="12 scales, where 13 were drawn"):
        recipe_from_json({**values, "bits": pack_bits(tuple(bits[:-1]))})
