"""Training of the icon world: labels, weights and growth fit, and a few steps of each part run and learn."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from icon_fakes import FakeIcons

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.text import TextEncoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer, save_tokenizer
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.families.load import TOYBOX_FOLDER
from ttsvar.toybox.icons import drawn, train, train_transformer
from ttsvar.toybox.icons.atlas import MASTER
from ttsvar.toybox.icons.catalogue import index_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.drawn import DrawnScenes, cell_labels
from ttsvar.toybox.icons.feeder import Feeder
from ttsvar.toybox.icons.grow import grow_text_encoder, grow_tokenizer, grow_transformer
from ttsvar.toybox.icons.packed import PackedIcons, pack
from ttsvar.toybox.icons.presets import IMAGE_SIZE, SCHEDULE, TOKENIZER, TRANSFORMER, new_text_encoder
from ttsvar.toybox.icons.prompts import IconRequest
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.scenes import Thing
from ttsvar.toybox.icons.train_tokenizer import IconTokenizerTask
from ttsvar.toybox.icons.train_transformer import IconTransformerTask
from ttsvar.toybox.presets import TRANSFORMER as SMALL
from ttsvar.toybox.presets import new_text_encoder as small_text_encoder
from ttsvar.toybox.train.teaching import scale_weights

SIZES = SCHEDULE.sizes
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def few_scenes(monkeypatch):
    monkeypatch.setattr(drawn, "VALIDATION_SCENES", 12)


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    path = tmp_path / "tokenizer.safetensors"
    torch.manual_seed(0)
    save_tokenizer(BSQAutoencoder(TOKENIZER), path)
    return path


def thing(shape: str, color: str | None, box: tuple[float, float, float, float]) -> Thing:
    return Thing(shape, "icon", color, 0.0, 0.0, 0.1, 0.0, False, box)


def test_the_ladder_holds_a_layout_at_the_papers_decisions():
    assert len(SIZES) == 13
    assert SIZES[2] >= (4, 4)
    assert SIZES[5] >= (6, 6)
    assert SIZES[-1] == (IMAGE_SIZE // TOKENIZER.patch_size,) * 2 == (16, 16)


def test_cells_know_class_and_colour_and_who_stands_in_front():
    scene = (thing("dog", "red", (0.0, 0.0, 0.5, 0.5)), thing("cup", None, (0.25, 0.25, 1.0, 1.0)))
    classes, colors = cell_labels([scene], 4)
    dog, cup = 1 + index_of("dog"), 1 + index_of("cup")
    assert classes[0].tolist() == [[dog, dog, 0, 0], [dog, cup, cup, cup], [0, cup, cup, cup], [0, cup, cup, cup]]
    assert colors[0, 0, 0] == 2 + list(COLORS).index("red")
    assert colors[0, 2, 2] == 1
    assert colors[0, 0, 3] == 0


def test_labels_of_tokens_follow_the_schedule():
    scenes = DrawnScenes(FakeIcons()).batch(0, 2)
    assert scenes.labels.shape == (2, 2, SCHEDULE.total_tokens)
    classes, colors = scenes.tokens(1 + 4, 1 + 4 + 16, CPU)
    assert np.array_equal(torch.stack([classes, colors]).view(2, 2, 4, 4), cell_labels(scenes.things, 4))


def test_scenes_are_the_same_in_any_batch():
    first, second = DrawnScenes(FakeIcons()).batch(0, 4), DrawnScenes(FakeIcons()).batch(2, 2)
    assert np.array_equal(first.pixels[2:], second.pixels)
    assert first.requests[2:] == second.requests
    images = first.images(CPU)
    assert images.shape == (4, 3, IMAGE_SIZE, IMAGE_SIZE)
    assert images.min() >= -1
    assert images.max() <= 1


@pytest.mark.slow
def test_scenes_drawn_ahead_are_the_same():
    feeder, here = Feeder(FakeIcons(), workers=1), DrawnScenes(FakeIcons())
    try:
        for first in (0, 3, 9, 12):
            assert np.array_equal(feeder.batch(first, 3).pixels, here.batch(first, 3).pixels)
    finally:
        feeder.close()


def test_packed_icons_are_the_sources(tmp_path):
    pack(FakeIcons(), tmp_path / "icons.npz")
    packed = PackedIcons(tmp_path / "icons.npz")
    assert np.array_equal(packed.picture("toilet", MASTER), FakeIcons().picture("toilet", MASTER))
    for name, side in (("toilet", 32), ("unicorn", MASTER)):
        with pytest.raises(ConfigError, match="pack them again"):
            packed.picture(name, side)


def test_weights_sum_to_one_and_favour_coarse_tokens():
    weights = scale_weights(SIZES)
    assert float(weights.sum()) == pytest.approx(1)
    assert weights[0] > weights[1] > weights[-1]


@pytest.mark.slow
def test_a_grown_transformer_keeps_what_the_small_one_had():
    wide = replace(TRANSFORMER, embed_dim=256, num_heads=4)
    small, large = Infinity(SMALL).init_weights(1), Infinity(wide).init_weights(2)
    fresh = {name: tensor.clone() for name, tensor in large.state_dict().items()}
    grow_transformer(small, large)
    old, new = small.state_dict(), large.state_dict()
    a, b = SMALL.embed_dim, wide.embed_dim
    for part in range(3):
        got = new["blocks.3.self_attention.qkv.weight"][part * b : part * b + a, :a]
        assert torch.equal(got, old["blocks.3.self_attention.qkv.weight"][part * a : (part + 1) * a])
    assert torch.equal(new["level_embed.weight"][:, :a], old["level_embed.weight"])
    assert torch.equal(new["word_embed.weight"], fresh["word_embed.weight"])
    last = f"blocks.{TRANSFORMER.depth - 1}.feed_forward.0.weight"
    assert torch.equal(new[last], fresh[last])


def test_every_layer_of_the_tokenizer_begins_with_the_toyboxs():
    small, large = load_tokenizer(TOYBOX_FOLDER / "tokenizer.safetensors"), BSQAutoencoder(TOKENIZER)
    grow_tokenizer(small, large)
    old = small.state_dict()
    assert all(torch.equal(t, old[name]) for name, t in large.state_dict().items() if name != "quantizer.gains")


def test_words_keep_their_features_when_the_vocabulary_grows():
    small, large = small_text_encoder(), new_text_encoder()
    grow_text_encoder(small, large)
    for word in ("red", "left", "two", "cup"):
        rows = [_row(encoder, word) for encoder in (small, large)]
        assert torch.equal(*rows), word


def _row(encoder: TextEncoder, word: str) -> torch.Tensor:
    ids, _ = encoder.tokenizer([word])
    return encoder.model.shared.weight[ids[0, 0]]


@pytest.mark.slow
def test_a_step_of_the_tokenizer_is_finite_and_repeats():
    task = IconTokenizerTask(Scenery(FakeIcons()), batch=4)
    torch.manual_seed(0)
    loss, figures = task.loss(3, 0.1, 0, 1)
    loss.backward()
    again, _ = task.loss(3, 0.1, 0, 1)
    assert math.isfinite(loss.item())
    assert loss.item() == pytest.approx(again.item(), rel=1e-3)
    assert {"psnr_full", "mse_coarse", "commitment", "probe"} <= set(figures)
    assert all(p.grad is not None for p in task.model.parameters())


def test_the_tokenizer_reports_previews_and_saves_what_loads(tmp_path, monkeypatch):
    monkeypatch.setattr(drawn, "VALIDATION_SCENES", 2)
    task = IconTokenizerTask(Scenery(FakeIcons()), batch=4)
    figures = task.validate()
    assert {"val_psnr", "val_psnr_3_scales", "val_psnr_6_scales", "val_psnr_10_scales"} <= set(figures)
    task.save(tmp_path)
    assert load_tokenizer(tmp_path / "tokenizer.safetensors").config == TOKENIZER


@pytest.mark.parametrize("progress", [0.0, pytest.param(0.9, marks=pytest.mark.slow)])
def test_a_step_of_the_transformer_is_finite(tokenizer, progress):
    task = IconTransformerTask(Scenery(FakeIcons()), tokenizer, batch=2)
    loss, figures = task.loss(0, progress, 0, 1)
    loss.backward()
    assert math.isfinite(loss.item())
    assert figures["bit_loss"] == pytest.approx(math.log(2), abs=0.2)


def test_the_transformer_begins_with_the_toyboxs_weights_and_saves(tokenizer, tmp_path):
    task = IconTransformerTask(Scenery(FakeIcons()), tokenizer, batch=2, start=TOYBOX_FOLDER)
    loss, _ = task.loss(0, 0.0, 0, 1)
    assert math.isfinite(loss.item())
    task.save(tmp_path)
    assert (tmp_path / "transformer.safetensors").exists()
    assert (tmp_path / "text_encoder.safetensors").exists()


@pytest.mark.slow
def test_the_transformers_figures_start_at_chance(tokenizer):
    figures = IconTransformerTask(Scenery(FakeIcons()), tokenizer, batch=2).validate()
    assert figures["val_bit_loss"] == pytest.approx(math.log(2), abs=0.2)
    assert abs(figures["val_text_gain"]) < 0.01
    assert f"val_scale_{len(SIZES) - 1}" in figures


def test_unrelated_things_are_named_in_reading_order_with_their_synonyms():
    said = DrawnScenes(FakeIcons()).batch(0, 40).requests
    several = [r for r in said if len(r.kinds) > 1]
    assert several
    assert any(isinstance(r, IconRequest) and r.called for r in said)
    assert all(dict(r.called).keys() <= {k[0] for k in r.kinds} for r in said if isinstance(r, IconRequest))


def test_the_curriculum_ends_with_every_scale():
    assert train_transformer.CURRICULUM[-1] == (1.01, len(SIZES))
    assert np.all(np.diff([until for until, _ in train_transformer.CURRICULUM]) > 0)


def test_minutes_become_steps_by_a_trial(capsys):
    class Quick:
        model = torch.nn.Linear(1, 1)

        def optimizers(self):
            return [torch.optim.SGD(self.model.parameters(), lr=0.0)]

        def loss(self, step, progress, rank, ranks):
            assert 0 <= progress < 1
            return self.model(torch.ones(1)).sum(), {}

    assert train.steps_in(Quick, 0.5) > 100  # type: ignore[arg-type]
    assert "minutes hold" in capsys.readouterr().out
