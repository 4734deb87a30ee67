"""The gate asks for every class and says which are unclear."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from ttsvar.detections import Detection
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.checkpoint import save_transformer
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.toybox.icons.catalogue import NAMES
from ttsvar.toybox.icons.gate import ask_every_class, gate_sheet, raw_artist
from ttsvar.toybox.icons.presets import IMAGE_SIZE, TOKENIZER, TRANSFORMER, new_text_encoder


class Painter:
    """Draws a grey whose level is the number of the class asked for; some seeds of some classes fail."""

    def __init__(self, failing: dict[str, set[int]]) -> None:
        self.failing, self.prompts = failing, []

    def __call__(self, prompt: str, seed: int) -> np.ndarray:
        self.prompts.append(prompt)
        name = prompt.removeprefix("a photo of ").split(" ", 1)[1]
        level = 255 if seed in self.failing.get(name, set()) else NAMES.index(name)
        return np.full((32, 32, 3), level, np.uint8)


def judge(picture: np.ndarray) -> Sequence[Detection]:
    level = int(picture[0, 0, 0])
    return [] if level == 255 else [Detection(NAMES[level], (0.0, 0.0, 9.0, 9.0), 0.9)]


def test_all_eighty_are_asked_for_in_genevals_words():
    painter = Painter({})
    gate = ask_every_class(painter, judge, 2)
    assert gate.passed
    assert gate.overall == 1
    assert len(painter.prompts) == 160
    assert {"a photo of an airplane", "a photo of a tv remote", "a photo of an orange"} <= set(painter.prompts)


def test_one_unclear_class_keeps_the_gate_shut():
    gate = ask_every_class(Painter({"zebra": {0, 1}, "sink": {2}}), judge, 4)
    assert gate.overall > 0.98
    assert gate.unclear == ["zebra"]
    assert gate.shares["sink"] == 0.75
    assert not gate.passed
    sheet = gate_sheet(gate)
    assert sheet.size == (16 * 40, 5 * 54)


def test_what_the_judge_doubts_does_not_count():
    gate = ask_every_class(Painter({}), lambda p: [Detection("cow", (0.0, 0.0, 1.0, 1.0), 0.2)], 1, ["cow"])
    assert gate.shares == {"cow": 0.0}


@pytest.mark.slow
def test_untrained_weights_draw_through_the_engine(tmp_path: Path):
    torch.manual_seed(0)
    save_transformer(Infinity(TRANSFORMER).init_weights(0), tmp_path / "transformer.safetensors")
    save_tokenizer(BSQAutoencoder(TOKENIZER), tmp_path / "tokenizer.safetensors")
    new_text_encoder().save(tmp_path / "text_encoder.safetensors")
    draw = raw_artist(tmp_path)
    first, second = (draw("a photo of a dog", seed) for seed in (0, 1))
    assert first.shape == (IMAGE_SIZE, IMAGE_SIZE, 3)
    assert not np.array_equal(first, second)
    assert np.array_equal(first, draw("a photo of a dog", 0))
