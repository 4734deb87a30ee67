from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.bsq import MultiScaleBSQ, bits_to_codes, codes_to_bits

SIZES = [(1, 1), (2, 3), (3, 4), (5, 6)]


def features(seed: int = 0, batch: int = 2, bits: int = 6) -> Tensor:
    return torch.randn(batch, bits, 5, 6, generator=torch.Generator().manual_seed(seed))


@given(
    seed=st.integers(0, 2**31),
    bits=st.integers(1, 40),
    h=st.integers(1, 5),
    w=st.integers(1, 5),
    batch=st.integers(1, 3),
)
@settings(max_examples=30, deadline=None)
def test_bits_and_codes_are_inverse_and_codes_lie_on_the_unit_sphere(seed: int, bits: int, h: int, w: int, batch: int):
    drawn = torch.randint(0, 2, (batch, h, w, bits), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)
    codes = bits_to_codes(drawn)
    assert codes.shape == (batch, bits, h, w)
    assert codes.dtype == torch.float32
    torch.testing.assert_close(codes.square().sum(1), torch.ones(batch, h, w))
    assert torch.equal(codes_to_bits(codes), drawn)


@given(seed=st.integers(0, 2**31), gains=st.one_of(st.none(), st.just((2.0, 1.5, 1.0, 0.5))))
@settings(max_examples=20, deadline=None)
def test_the_encoded_sum_is_the_sum_of_the_bits(seed: int, gains: tuple[float, ...] | None):
    quantizer = MultiScaleBSQ(6, gains)
    bits, quantized = quantizer.encode(features(seed), SIZES)
    assert [tuple(b.shape) for b in bits] == [(2, h, w, 6) for h, w in SIZES]
    assert all(b.dtype == torch.uint8 for b in bits)
    torch.testing.assert_close(quantizer.sum_codes(bits, SIZES[-1]), quantized)


def test_accumulating_scale_by_scale_gives_the_sum():
    quantizer = MultiScaleBSQ(6, (2.0, 1.5, 1.0, 0.5))
    bits, quantized = quantizer.encode(features(), SIZES)
    summed = None
    for scale, bits_k in enumerate(bits):
        summed = quantizer.accumulate(summed, bits_k, scale, SIZES[-1])
    assert summed is not None
    torch.testing.assert_close(summed, quantized)
    assert quantizer.next_input(summed, (2, 3)).shape == (2, 6, 2, 3)


def test_a_candidate_is_quantised_alike_alone_and_in_a_batch():
    quantizer = MultiScaleBSQ(6)
    together, _ = quantizer.encode(features(batch=4), SIZES)
    alone, _ = quantizer.encode(features(batch=4)[2:3], SIZES)
    assert all(torch.equal(a[2:3], b) for a, b in zip(together, alone, strict=True))


def test_gains_scale_the_codes_and_ones_change_nothing():
    bits, _ = MultiScaleBSQ(6).encode(features(), SIZES)
    plain = MultiScaleBSQ(6).sum_codes(bits, (5, 6))
    torch.testing.assert_close(MultiScaleBSQ(6, (1.0,) * 4).sum_codes(bits, (5, 6)), plain)
    torch.testing.assert_close(MultiScaleBSQ(6, (2.0,) * 4).sum_codes(bits, (5, 6)), 2 * plain)
    assert not MultiScaleBSQ(6).state_dict()
    assert list(MultiScaleBSQ(6, (1.0,)).state_dict()) == ["gains"]


def test_flipped_bits_are_fed_and_later_scales_answer_them():
    quantizer = MultiScaleBSQ(6)
    chances = (1.0, 0.0, 0.3, 0.0)
    targets, fed, quantized = quantizer.encode_flipped(features(), SIZES, chances, torch.Generator().manual_seed(1))
    clean, _ = quantizer.encode(features(), SIZES)
    assert torch.equal(targets[0], clean[0])
    assert torch.equal(fed[0], 1 - targets[0])
    assert torch.equal(fed[1], targets[1])
    assert 0.1 < (fed[2] != targets[2]).float().mean() < 0.5
    assert not torch.equal(targets[1], clean[1])
    torch.testing.assert_close(quantizer.sum_codes(fed, SIZES[-1]), quantized)
    again = quantizer.encode_flipped(features(), SIZES, chances, torch.Generator().manual_seed(1))
    assert all(torch.equal(a, b) for a, b in zip(fed, again[1], strict=True))


def test_flip_chances_per_sample_leave_the_others_alone():
    chances = torch.tensor([[0.0, 1.0]] * len(SIZES))
    targets, fed, _ = MultiScaleBSQ(6).encode_flipped(features(), SIZES, chances)
    for target, given_bits in zip(targets, fed, strict=True):
        assert torch.equal(target[0], given_bits[0])
        assert torch.equal(1 - target[1], given_bits[1])


def test_training_quantises_as_encoding_does_and_passes_the_gradient_straight_through():
    quantizer = MultiScaleBSQ(6, (2.0, 1.5, 1.0, 0.5))
    given_features = features().requires_grad_()
    quantized, loss, bits = quantizer.quantize_train(given_features, SIZES)
    expected_bits, expected = quantizer.encode(features(), SIZES)
    torch.testing.assert_close(quantized, expected)
    assert all(torch.equal(a, b) for a, b in zip(bits, expected_bits, strict=True))
    weight = torch.randn_like(quantized)
    (quantized * weight).sum().backward()
    assert given_features.grad is not None
    torch.testing.assert_close(given_features.grad, weight)
    assert loss.item() > 0


def test_training_teaches_the_gains_when_asked():
    quantizer = MultiScaleBSQ(6, (1.0,) * 4)
    assert quantizer.gains is not None
    quantizer.gains.requires_grad_()
    quantized, _, bits = quantizer.quantize_train(features(), SIZES)
    quantized.sum().backward()
    expected = [quantizer.sum_codes([b], (5, 6)).sum().item() for b in bits]
    assert quantizer.gains.grad is not None
    torch.testing.assert_close(quantizer.gains.grad, torch.tensor(expected), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("drop", [0, 1, 3])
def test_dropping_the_last_scales_gives_the_sum_of_the_rest(drop: int):
    quantizer = MultiScaleBSQ(6)
    quantized, _, bits = quantizer.quantize_train(features(), SIZES, drop_last=drop)
    all_bits, _ = quantizer.encode(features(), SIZES)
    assert len(bits) == len(SIZES) - drop
    torch.testing.assert_close(quantized, quantizer.sum_codes(all_bits[: len(bits)], SIZES[-1]))


def test_commitment_pulls_the_features_towards_their_codes():
    quantizer = MultiScaleBSQ(6)
    far = features().requires_grad_()
    _, loss, _ = quantizer.quantize_train(far, SIZES)
    loss.backward()
    assert far.grad is not None
    _, nearer, _ = quantizer.quantize_train((far - far.grad).detach(), SIZES)
    assert nearer < loss


def test_autocast_and_low_precision_features_do_not_change_the_quantiser():
    quantizer = MultiScaleBSQ(6)
    half = features().bfloat16()
    bits, quantized = quantizer.encode(half.float(), SIZES)
    with torch.autocast("cpu", torch.bfloat16):
        auto_bits, auto_quantized = quantizer.encode(half, SIZES)
        trained, loss, _ = quantizer.quantize_train(half, SIZES)
    assert all(torch.equal(a, b) for a, b in zip(bits, auto_bits, strict=True))
    assert auto_quantized.dtype == trained.dtype == loss.dtype == torch.float32
    assert torch.equal(quantized, auto_quantized)


def test_impossible_requests_are_refused_with_the_value():
    quantizer = MultiScaleBSQ(6, (1.0, 1.0))
    with pytest.raises(ConfigError, match="drop_last is 4"):
        quantizer.quantize_train(features(), SIZES, drop_last=4)
    with pytest.raises(ConfigError, match="Scale 2 has no gain"):
        quantizer.encode(features(), SIZES)
    with pytest.raises(ConfigError, match="no bits"):
        quantizer.sum_codes([], (5, 6))
    with pytest.raises(ConfigError, match="last side must be 6"):
        quantizer.sum_codes([torch.zeros(1, 2, 2, 5, dtype=torch.uint8)], (5, 6))
    with pytest.raises(ConfigError, match="between 0 and 1"):
        MultiScaleBSQ(6).encode_flipped(features(), SIZES, 1.5)
    with pytest.raises(ConfigError, match="flip has shape"):
        MultiScaleBSQ(6).encode_flipped(features(), SIZES, (0.1, 0.1))
