"""Pictures that carry their recipe: written, read back, refused where they are damaged, foreign or changed by hand."""

from __future__ import annotations

import contextlib
import io
import json
import random
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import torch
from engine_fakes import fake_engine
from hypothesis import given
from hypothesis import strategies as st
from memory_use import peak_bytes
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.engine.recipe import run_from_json, state_id
from ttsvar.errors import FileError
from ttsvar.storage.png import Recipe, pack_bits, png_bytes, read_recipe, recipe_from_json, unpack_bits
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
    state, recipe = finished(engine), read_recipe(saved)
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
    prompt, pairs = Image.open(io.BytesIO(saved)).info["parameters"].split("\n")
    assert prompt == PROMPT
    assert pairs.startswith("Steps: 13, Sampler: tts-var, CFG scale: 3, Seed: 11, Size: 8x8, Model: fake, Model hash: ")
    assert 'Batch: "16, 16, 12, 12, 12, 8, 4, 4, 4, 2, 2, 2, 2", Lambda: 10' in pairs


def test_a_picture_that_is_saved_as_any_other_carries_its_recipe() -> None:
    out = io.BytesIO()
    fake_engine().best(finished(fake_engine())).save(out, "PNG")
    assert read_recipe(out.getvalue()).run.prompt == PROMPT


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
        {"batch": [8] * 12},
        {"choices": [[-1]] * 13},
        {"choices": [[0] * 513] + [[0]] * 12},
        {"choices": [[1e999]] * 13},
        {"scale": 1e999},
        {"scale": float("nan")},
        {"seed": 10**400},
        {"seed": 1e999},
        {"sizes": [[1, 1]] * 65, "batch": [1] * 65},
        {"sizes": [[10**9, 1]] * 13},
        {"prompt": "a \ud800 cup"},
        {"prompt": 3},
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


def made_by_hand(saved: bytes, **changes: Any) -> dict[str, Any]:
    """A recipe without bits, with these values, whose state's id is that of its choices."""
    values = {**values_of(saved), "bits": None, **changes}
    run, choices = run_from_json(values), tuple(tuple(parents) for parents in values["choices"])
    return {**values, "state": state_id(run, values["scale"], choices)}


@pytest.mark.parametrize("lacking", [2, 3])
def test_choices_are_as_many_as_scales_or_one_fewer(saved: bytes, lacking: int) -> None:
    values = values_of(saved)
    choices = values["choices"]
    assert recipe_from_json(made_by_hand(saved, choices=choices[:-1], candidate=values["candidate"])).scale == 13
    with pytest.raises(FileError, match="do not lead to the state"):
        recipe_from_json(made_by_hand(saved, choices=choices[:-lacking]))
    with pytest.raises(FileError, match="do not lead to the state"):
        recipe_from_json(made_by_hand(saved, scale=13 - lacking))


def test_a_recipe_of_no_scale_is_refused(saved: bytes) -> None:
    with pytest.raises(FileError, match="a whole number from 1 to 13"):
        recipe_from_json(made_by_hand(saved, choices=[], scale=0, candidate="c0"))


@pytest.mark.parametrize("wrong", [16, 99, 511])
def test_a_choice_of_a_candidate_that_there_was_not_is_refused(saved: bytes, wrong: int) -> None:
    choices = [*values_of(saved)["choices"]]
    choices[0] = [*choices[0][:-1], wrong]
    with pytest.raises(FileError, match="after scale 0 names candidates that there were not"):
        recipe_from_json(made_by_hand(saved, choices=choices))


def test_a_choice_of_nobody_is_refused(saved: bytes) -> None:
    choices = [*values_of(saved)["choices"][:-1], []]
    with pytest.raises(FileError, match="after scale 12 names candidates that there were not"):
        recipe_from_json(made_by_hand(saved, choices=choices))


@pytest.mark.parametrize("row", [0, 1, 2])
def test_rows_follow_the_last_choice_too(row: int) -> None:
    engine = fake_engine()
    state = engine.begin(PROMPT, search=SearchConfig(strategy="best-of-n", n=4), seed=3)
    while not state.done:
        result = engine.step(state)
        state = engine.commit(result, Selection((1, 1, 3)) if result.scale == 12 else None)
    recipe = Recipe(
        run=state.run,
        moves=state.choices,
        scale=state.scale,
        state=state.id,
        candidate=state.candidate_ids[row],
        weights="",
        bits=None,
    )
    assert recipe.row == row
    assert recipe.steps() == tuple((scale, (1, 1, 3)[row]) for scale in range(13))


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5)), min_size=1, max_size=4), st.data())
def test_packed_bits_come_back(shapes: list[tuple[int, int, int]], data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 99))
    bits = tuple(torch.randint(0, 2, (1, *s), generator=torch.Generator().manual_seed(seed)).byte() for s in shapes)
    back = unpack_bits(pack_bits(bits))
    assert all(torch.equal(a[0], b) for a, b in zip(bits, back, strict=True))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(*chunks: bytes, width: int = 8, height: int = 8) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(25 * 8)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", [b"iTXt", b"tEXt"])
def test_a_recipe_is_found_in_every_kind_of_text(saved: bytes, kind: bytes, packed: bool) -> None:
    text = json.dumps(values_of(saved)).encode()
    if kind == b"iTXt":
        data = png_of(
            chunk(kind, b"ttsvar\0" + bytes([packed, 0]) + b"\0\0" + (zlib.compress(text) if packed else text))
        )
    else:
        data = png_of(
            chunk(b"zTXt", b"ttsvar\0\0" + zlib.compress(text)) if packed else chunk(kind, b"ttsvar\0" + text)
        )
    assert read_recipe(data).state == values_of(saved)["state"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png_of(width=13_300, height=13_300), "13300 x 13300 pixels"),
        (png_of(width=0), "0 x 8 pixels"),
        (png_of(chunk(b"iTXt", b"ttsvar\0\1\0\0\0" + zlib.compress(bytes(64 * 1024**2)))), "more than"),
        (png_of(chunk(b"zTXt", b"ttsvar\0\0" + zlib.compress(b" " * 64 * 1024**2))), "more than"),
        (png_of(chunk(b"iTXt", b"ttsvar")), "damaged"),
        (png_of(*[chunk(b"tEXt", b"a\0b")] * 20_000), "more than 20000 chunks"),
        (png_of(chunk(b"IHDR", bytes(13))), "does not stand at the beginning"),
        (png_of(chunk(b"tEXt", b"ttsvar\0" + b"[" * 100_000)), "deep"),
        (png_of(chunk(b"tEXt", b"ttsvar\0{}")).replace(b"\0{}", b"\0[]"), "checksum"),
    ],
)
def test_a_picture_that_would_cost_much_is_refused_in_little(data: bytes, why: str) -> None:
    def read() -> None:
        with pytest.raises(FileError, match=why):
            read_recipe(data)

    assert peak_bytes(read) < 32 * 1024**2


@pytest.mark.parametrize("change", [{"batch": [10**9] * 13}, {"batch": [10**7] + [1] * 12}, {"choices": [[0] * 10**6]}])
def test_numbers_are_checked_before_candidates_are_named(saved: bytes, change: dict) -> None:
    values = {**values_of(saved), **change}

    def read() -> None:
        with pytest.raises(FileError):
            recipe_from_json(values)

    assert peak_bytes(read) < 1024**2


@pytest.mark.parametrize("seed", range(60))
def test_damage_raises_only_errors_of_ours(saved: bytes, seed: int) -> None:
    """Bytes of the file, and with right checksums characters of the recipe, are changed at random."""
    rng, data = random.Random(seed), bytearray(saved)
    data[rng.randrange(len(data))] = rng.randrange(256)
    text = list(json.dumps({**values_of(saved), "bits": None}))
    for _ in range(3):
        text[rng.randrange(len(text))] = rng.choice('0123456789[]{}",:e-NaInfity')
    for damaged in (bytes(data), with_recipe("".join(text))):
        with contextlib.suppress(FileError):
            read_recipe(damaged)


def test_bits_may_be_as_many_as_the_limit_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack_bits((torch.ones(2, 3, 4, dtype=torch.uint8)[None], torch.zeros(1, 1, 4, dtype=torch.uint8)[None]))
    monkeypatch.setattr("ttsvar.storage.png.MOST_BITS", 28)
    assert [tuple(b.shape) for b in unpack_bits(packed)] == [(2, 3, 4), (1, 1, 4)]
    monkeypatch.setattr("ttsvar.storage.png.MOST_BITS", 27)
    with pytest.raises(ValueError, match="are not the 28 bits"):
        unpack_bits(packed)
