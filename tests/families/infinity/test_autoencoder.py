from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.nn.blocks import Upsample
from ttsvar.nn.tokenizer_config import TokenizerConfig

SIZES = [(1, 1), (2, 3), (4, 6)]


def test_shapes_and_range(tiny: BSQAutoencoder):
    with torch.no_grad():
        found = tiny.encode_features(torch.rand(2, 3, 16, 24) * 2 - 1)
        bits, _ = tiny.quantizer.encode(found, SIZES)
        decoded = tiny.decode(100 * tiny.quantizer.sum_codes(bits[:2], (4, 6)))
    assert found.shape == (2, 8, 4, 6)
    assert decoded.shape == (2, 3, 16, 24)
    assert decoded.abs().max() <= 1
    images = tiny.to_uint8(decoded)
    assert images.shape == (2, 16, 24, 3)
    assert images.dtype == torch.uint8


def test_pixels_are_cut_off_and_stay_rgb():
    decoded = torch.tensor([-1.0, 0.0, 1.0]).view(1, 3, 1, 1)
    assert BSQAutoencoder.to_uint8(decoded).flatten().tolist() == [0, 127, 255]
    assert BSQAutoencoder.to_uint8(decoded.bfloat16()).flatten().tolist() == [0, 127, 255]


@pytest.mark.parametrize(("patch", "mult"), [(1, (1,)), (2, (1,)), (4, (1, 1, 2)), (2, (1, 1, 2)), (4, (1, 2))])
def test_every_patch_size_that_the_levels_allow(patch: int, mult: tuple[int, ...]):
    config = TokenizerConfig(bits=3, base_channels=4, ch_mult=mult, patch_size=patch, res_blocks=1, norm_groups=2)
    model = BSQAutoencoder(config)
    with torch.no_grad():
        found = model.encode_features(torch.zeros(1, 3, 8, 8))
        assert found.shape == (1, 3, 8 // patch, 8 // patch)
        assert model.decode(found).shape == (1, 3, 8, 8)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 3), (4, 5)])
def test_doubling_is_repeating_pixels_and_then_convolving(height: int, width: int):
    layer, images = Upsample(5).double(), torch.randn(2, 5, height, width, dtype=torch.float64)
    plain = layer.conv(F.interpolate(images, scale_factor=2.0, mode="nearest"))
    torch.testing.assert_close(layer(images), plain)
    wanted = torch.autograd.grad(plain.square().sum(), layer.conv.weight)
    torch.testing.assert_close(torch.autograd.grad(layer(images).square().sum(), layer.conv.weight), wanted)


def test_training_step_under_autocast_and_channels_last(tiny: BSQAutoencoder):
    model = tiny.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    images = (torch.rand(2, 3, 16, 24) * 2 - 1).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        found = model.encode_features(images)
        quantized, commitment, _ = model.quantizer.quantize_train(found, SIZES, drop_last=1)
        loss = (model.decoder(quantized).float() - images).square().mean() + 0.3 * commitment
    loss.backward()
    grads = [p.grad for p in model.parameters() if p.requires_grad]
    assert all(g is not None and torch.isfinite(g).all() for g in grads)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"patch_size": 12}, "power of two"),
        ({"patch_size": 64}, "needs 6 halvings"),
        ({"bits": 0}, "bits is 0"),
        ({"base_channels": 48}, "does not divide into 32 groups"),
        ({"ch_mult": ()}, "ch_mult"),
    ],
)
def test_impossible_shapes_are_refused(changes: dict, message: str):
    with pytest.raises(ConfigError, match=message):
        TokenizerConfig(**changes)


def test_an_image_that_does_not_fit_the_grid_is_refused(tiny: BSQAutoencoder):
    with pytest.raises(ConfigError, match="18 x 16 pixels; both sides must be multiples of 4"):
        tiny.encode_features(torch.zeros(1, 3, 16, 18))
