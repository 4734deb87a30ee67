"""Pictures that carry their recipe: written, read back, refused where they are damaged, foreign or changed by hand."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
import torch
from engine_fakes import fake_engine
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import FileError
from ttsvar.storage.png import pack_bits, png_bytes, read_recipe, recipe_from_json, unpack_bits
from ttsvar.types import SearchState, Selection
from ttsvar.version import VERSION

PROMPT = "a photo of two red stars"


def finished(engine: Engine, overrule: bool = True) -> SearchState:
    state = engine.begin(PROMPT, search=SearchConfig(n=2), seed=11)
    while not state.done:
        result = engine.step(state)
        state = engine.commit(result, Selection((5, 5, 0)) if overrule and result.scale == 2 else None)
    return state


@pytest.fixture(scope="module")
def saved() -> bytes:
    engine = fake_engine()
    engine.weights = "abc123"
    return png_bytes(engine.best(finished(engine)))


def test_a_saved_picture_says_how_it_was_made(saved: bytes) -> None:
    engine = fake_engine()
    state = finished(engine)
    recipe = read_recipe(saved)
    assert (recipe.run, recipe.state, recipe.choices, recipe.weights) == (state.run, state.id, state.choices, "abc123")
    row = engine.best_index(state)
    assert (recipe.candidate, recipe.row) == (state.candidate_ids[row], row)
    assert recipe.bits is not None
    assert all(torch.equal(ours[row], theirs) for ours, theirs in zip(state.bits, recipe.bits, strict=True))


def test_the_recipe_carries_the_version_and_no_id_depends_on_it(saved: bytes) -> None:
    values = json.loads(Image.open(io.BytesIO(saved)).info["ttsvar"])
    assert values["version"] == VERSION
    written_before = {name: value for name, value in values.items() if name != "version"}
    for other in (written_before, {**values, "version": "99.1"}):
        assert recipe_from_json(other).state == values["state"]


def test_the_parameters_are_written_as_image_browsers_read_them(saved: bytes) -> None:
    text = Image.open(io.BytesIO(saved)).info["parameters"]
    prompt, pairs = text.split("\n")
    assert prompt == PROMPT
    assert pairs.startswith("Steps: 13, Sampler: tts-var, CFG scale: 3, Seed: 11, Size: 8x8, Model: fake, Model hash: ")
    assert 'Batch: "16, 16, 12, 12, 12, 8, 4, 4, 4, 2, 2, 2, 2", Lambda: 10' in pairs


def test_the_recipe_can_be_left_out() -> None:
    engine = fake_engine()
    state = finished(engine)
    signed, unsigned = engine.best(state), engine.best(state, recipe=False)
    assert np.array_equal(np.asarray(signed), np.asarray(unsigned))
    assert not unsigned.info
    for data in (png_bytes(unsigned), png_bytes(signed, recipe=False)):
        assert not Image.open(io.BytesIO(data)).info
        with pytest.raises(FileError, match="carries no recipe"):
            read_recipe(data)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"])
def test_what_is_no_png_is_refused(data: bytes) -> None:
    with pytest.raises(FileError):
        read_recipe(data)


@given(cut=st.floats(0.02, 0.98))
def test_a_cut_off_picture_is_refused(saved: bytes, cut: float) -> None:
    with pytest.raises(FileError):
        read_recipe(saved[: int(len(saved) * cut)])


def with_recipe(recipe: Any) -> bytes:
    chunks, buffer = PngInfo(), io.BytesIO()
    chunks.add_itxt("ttsvar", recipe if isinstance(recipe, str) else json.dumps(recipe))
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


def values_of(data: bytes) -> dict[str, Any]:
    return json.loads(Image.open(io.BytesIO(data)).info["ttsvar"])


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '{"format": 99}', '{"format": 1}'])
def test_a_strange_recipe_is_refused(text: str) -> None:
    with pytest.raises(FileError):
        read_recipe(with_recipe(text))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 12},
        {"prompt": "a cup"},
        {"choices": []},
        {"state": "0" * 16},
        {"candidate": "c99"},
        {"candidate": None},
        {"choices": [[0]] * 13},
        {"choices": "abc"},
        {"scale": 99},
        {"batch": [10**9] * 13},
        {"search": {"lam": "much"}},
        {"search": {"unheard": 1}},
        {"bits": {}},
        {"bits": {"shapes": [[8, 8, 10**9]], "packed": ""}},
        {"bits": {"shapes": [[1, 1, 4]] * 13, "packed": "!!"}},
    ],
)
def test_a_recipe_changed_by_hand_is_refused(saved: bytes, change: dict) -> None:
    with pytest.raises(FileError):
        recipe_from_json({**values_of(saved), **change})


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5)), min_size=1, max_size=4), st.data())
def test_packed_bits_come_back(shapes: list[tuple[int, int, int]], data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 99))
    bits = tuple(torch.randint(0, 2, (1, *s), generator=torch.Generator().manual_seed(seed)).byte() for s in shapes)
    back = unpack_bits(pack_bits(bits))
    assert all(torch.equal(a[0], b) for a, b in zip(bits, back, strict=True))
