"""`ttsvar redraw`: which part of a saved picture is drawn anew, and that each variant carries its own recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from engine_fakes import fake_engine, finish
from PIL import Image

from ttsvar.commands.cli import command_line
from ttsvar.commands.redraw import kept, variants
from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError, FileError
from ttsvar.storage.png import png_bytes, read_recipe
from ttsvar.storage.replay import replay


def test_variants_keep_the_rest_and_are_made_again_from_their_own_recipes():
    engine = fake_engine()
    state = finish(engine, engine.begin("two red stars", search=SearchConfig(strategy="raw", n=2), seed=3))
    recipe = read_recipe(png_bytes(engine.best(state)))
    keep = kept((0.5, 0, 1, 1), None, False)
    drawn = list(variants(fake_engine(), recipe, keep, 4, 3))
    assert len({name for name, _ in drawn}) == 3
    for _, image in drawn:
        again = read_recipe(png_bytes(image))
        assert again.bits is not None
        for scale, (old, new) in enumerate(zip(state.bits, again.bits, strict=True)):
            half = old.shape[2] // 2 if scale >= 4 else old.shape[2]
            assert torch.equal(new[:, :half], old[recipe.row, :, :half])
        *_, last = replay(fake_engine(), again)
        assert last.differing == 0


def test_what_stays_is_told_by_a_box_by_a_mask_or_not_at_all(tmp_path: Path):
    assert not kept(None, None, False).any()
    box = kept((0.5, 0, 1, 0.5), None, False)
    assert (box[10, 10], box[10, -10], box[-10, -10]) == (True, False, True)
    assert np.array_equal(kept((0.5, 0, 1, 0.5), None, True), ~box)
    grey = np.zeros((4, 6), np.uint8)
    grey[0] = 255
    Image.fromarray(grey).save(tmp_path / "mask.png")
    assert kept(None, tmp_path / "mask.png", False)[:, 0].tolist() == [False, True, True, True]
    with pytest.raises(ConfigError, match="left before right"):
        kept((0.5, 0, 0.2, 1), None, False)
    (tmp_path / "none.png").write_text("no picture")
    with pytest.raises(FileError, match="no picture that can be read"):
        kept(None, tmp_path / "none.png", False)


def test_the_flags_are_read():
    words = ["redraw", "a.png", "--box", "0", "0", ".5", "1", "--from-scale", "3", "--out", "b.png"]
    arguments = command_line(words).parse_args(words)
    assert (arguments.box, arguments.from_scale, arguments.copies) == ([0, 0, 0.5, 1], 3, 4)
