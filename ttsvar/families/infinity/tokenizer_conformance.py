"""What the tokenizer computes for a folder of reference cases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer


def tokenizer_conformance(
    folder: str | Path, config: Mapping[str, Any], inputs: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The tokenizer's half of an Infinity case: decoding of the forced `bits.k`, encoding of `enc_image`.

    Bits are uint8 [B, 1, h, w, D] on the tokenizer's grid. What the inputs do not hold is left out of the answer.
    """
    model = load_tokenizer(Path(folder) / "vae.pth")
    _check(model, config)
    got: dict[str, Tensor] = {}
    with torch.no_grad():
        if "bits.0" in inputs:
            got.update(_decode(model, inputs))
        if "enc_image" in inputs:
            got.update(_encode(model, inputs["enc_image"], tokenizer_sizes(config)))
    return got


def tokenizer_sizes(config: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The tokenizer's grid per scale: the transformer's, or twice that where patches are 2x2."""
    factor = 2 if config.get("apply_spatial_patchify") else 1
    return [(int(h) * factor, int(w) * factor) for h, w in config["scale_schedule"]]


def _decode(model: BSQAutoencoder, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    scales = sorted(int(match[1]) for name in inputs if (match := re.fullmatch(r"bits\.(\d+)", name)))
    bits = [inputs[f"bits.{k}"].squeeze(1) for k in scales]
    summed = model.quantizer.sum_codes(bits, (bits[-1].shape[1], bits[-1].shape[2]))
    decoded = model.decode(summed)
    bgr = model.to_uint8(decoded).flip(-1).contiguous()
    return {"summed_codes": summed, "decoded": decoded, "image_uint8_bgr": bgr}


def _encode(model: BSQAutoencoder, image: Tensor, sizes: list[tuple[int, int]]) -> dict[str, Tensor]:
    features = model.encode_features(image.float())
    bits, quantized = model.quantizer.encode(features, sizes)
    named = {f"enc_bits.{k}": bits_k.unsqueeze(1) for k, bits_k in enumerate(bits)}
    return {"enc_features": features, "enc_quantized": quantized, **named}


def _check(model: BSQAutoencoder, config: Mapping[str, Any]) -> None:
    shape = model.config
    said = {
        "codebook_dim": shape.bits,
        "vae_base_ch": shape.base_channels,
        "vae_ch_mult": list(shape.ch_mult),
        "patch_size": shape.patch_size,
    }
    wrong = [f"{k} is {config[k]} but the weights have {v}" for k, v in said.items() if k in config and config[k] != v]
    if wrong:
        raise CheckpointError("config.json and vae.pth disagree: " + "; ".join(wrong) + ".")
