"""Tokens as bits, the shared convolutions, and the file of VAR's tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from golden_cases import CASES
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.errors import CheckpointError, ConfigError, StateError
from ttsvar.families.var.vq import (
    VAR_SHAPE,
    MultiScaleVQ,
    VQAutoencoder,
    VQConfig,
    bits_to_tokens,
    phi_index,
    tokens_to_bits,
)
from ttsvar.families.var.vq_checkpoint import load_vq

GOLDEN = CASES / "var_class" / "vae.pth"
SIZES = ((1, 1), (2, 2), (4, 4))


@given(st.lists(st.integers(0, 4095), min_size=1, max_size=20))
def test_tokens_survive_as_bits(numbers: list[int]):
    tokens = torch.tensor(numbers)
    bits = tokens_to_bits(tokens, 12)
    assert bits.shape == (len(numbers), 12)
    assert int(bits.max()) <= 1
    assert torch.equal(bits_to_tokens(bits), tokens)


def test_the_most_significant_digit_comes_first():
    assert tokens_to_bits(torch.tensor([1, 2048, 5]), 12).tolist() == [
        [0] * 11 + [1],
        [1] + [0] * 11,
        [0] * 9 + [1, 0, 1],
    ]
    assert (VQConfig().digits, VQConfig(vocab=4097).digits, VQConfig(vocab=2).digits) == (12, 13, 1)


def test_scales_share_the_phis_from_coarse_to_fine():
    assert [phi_index(k, 10, 4) for k in range(10)] == sorted(phi_index(k, 10, 4) for k in range(10))
    assert {phi_index(k, 10, 4) for k in range(10)} == {0, 1, 2, 3}
    assert [phi_index(k, 10, 10) for k in range(10)] == list(range(10))
    assert [phi_index(k, 10, 1) for k in range(10)] == [0] * 10
    assert phi_index(0, 1, 4) == 0


@pytest.mark.parametrize("phis", [0, 1, 3])
def test_encoding_picks_the_nearest_and_sums_up(phis: int):
    config = VQConfig(vocab=9, phis=phis, shape=VAR_SHAPE)
    quantizer = MultiScaleVQ(config)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in quantizer.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator))
    features = torch.randn(2, 32, 4, 4, generator=generator)
    tokens, summed = quantizer.encode(features, SIZES)
    again = None
    for k, part in enumerate(tokens):
        again = quantizer.accumulate(again, part, k, SIZES)
    assert again is not None
    torch.testing.assert_close(again, summed)
    mean = features.mean((2, 3))
    distances = (mean[:, None] - quantizer.codebook.weight).square().sum(-1)
    assert torch.equal(tokens[0].flatten(), distances.argmin(-1))
    assert quantizer.next_input(summed, (2, 2)).shape == (2, 32, 2, 2)


def test_bits_that_are_no_token_are_refused():
    quantizer = MultiScaleVQ(VQConfig(vocab=9))
    with pytest.raises(StateError, match="Token 15 is not in a codebook of 9"):
        quantizer.tokens(torch.ones(1, 1, 1, 4, dtype=torch.uint8))
    with pytest.raises(StateError, match="last side must be 4"):
        quantizer.tokens(torch.ones(1, 1, 1, 5, dtype=torch.uint8))
    with pytest.raises(ConfigError, match="codebook has 1"):
        VQConfig(vocab=1)


def test_the_published_shape_is_the_default():
    with torch.device("meta"):
        model = VQAutoencoder(VQConfig())
    shapes = {name: tuple(t.shape) for name, t in model.state_dict().items()}
    assert shapes["decoder.up.4.attn.2.qkv.weight"] == (1920, 640, 1, 1)
    assert shapes["encoder.down.4.attn.1.norm.weight"] == (640,)
    assert shapes["quantizer.codebook.weight"] == (4096, 32)
    assert "decoder.up.3.attn.0.qkv.weight" not in shapes
    assert sum(torch.Size(s).numel() for s in shapes.values()) / 1e6 == pytest.approx(108.9, abs=1)


def test_the_file_says_its_shape():
    model = load_vq(GOLDEN)
    assert (model.config.vocab, model.config.phis, model.config.digits) == (64, 4, 6)
    assert (model.config.shape.base_channels, model.config.shape.ch_mult) == (32, (1, 1, 2, 2, 4))
    assert model.encode_features(torch.zeros(1, 3, 32, 48)).shape == (1, 32, 2, 3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"decoder.up.4.attn.1.norm.bias": None}, r"missing: decoder\.up\.4\.attn\.1\.norm\.bias"),
        ({"decoder.extra.weight": torch.zeros(1)}, r"unknown: decoder\.extra\.weight"),
        ({"post_quant_conv.bias": torch.zeros(3)}, r"post_quant_conv\.bias is \(3,\), not \(32,\)"),
        ({"quantize.ema_vocab_hit_SV": torch.zeros(10, 3)}, r"unknown: quantize\.ema_vocab_hit_SV"),
        ({"quantize.embedding.weight": None}, "it is no VAR tokenizer"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(change: dict, words: str, tmp_path: Path):
    state = {**torch.load(GOLDEN, weights_only=True), **change}
    torch.save({name: t for name, t in state.items() if t is not None}, tmp_path / "vae.pth")
    with pytest.raises(CheckpointError, match=words):
        load_vq(tmp_path / "vae.pth")


def test_phis_may_be_each_scales_own_or_one_for_all(tmp_path: Path):
    state = torch.load(GOLDEN, weights_only=True)
    own = {name.replace("qresi_ls.", ""): t for name, t in state.items()}
    torch.save(own, tmp_path / "own.pth")
    assert load_vq(tmp_path / "own.pth").config.phis == 4
    kept = {n.replace("qresi_ls.0", "qresi"): t for n, t in state.items() if n.split("qresi_ls.")[-1][0] not in "123"}
    torch.save(kept, tmp_path / "one.pth")
    assert load_vq(tmp_path / "one.pth").config.phis == 1
