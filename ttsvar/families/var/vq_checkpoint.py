"""VAR's published tokenizer file (`vae_ch160v4096z32.pth`), loaded strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.families.infinity.tokenizer_checkpoint import infer_config
from ttsvar.families.var.checkpoint import open_trained
from ttsvar.families.var.vq import VQAutoencoder, VQConfig
from ttsvar.weights.say import Say
from ttsvar.weights.tensors import fill_model

TRAINING_NEST = ("trainer", "vae_local")
USAGE = "quantize.ema_vocab_hit_SV"
"""How often each vector was used in training: in the file, and of no use."""
_PHI = r"quantize\.quant_resi\.(?:qresi_ls\.(\d+)|(\d+)|qresi)\."
"""Phis that are shared in part, each scale's own, or one for all."""


def load_vq(
    path: str | Path,
    *,
    phi_share: float = 0.5,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
    say: Say | None = None,
) -> VQAutoencoder:
    """A published VAR tokenizer in evaluation mode; its shape is read from the file, which does not say `phi_share`.

    `say` is told where it is a checkpoint of VAR's training, which holds the tokenizer, too.

    Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    table = open_trained(path, TRAINING_NEST, say)
    config = infer_vq_config(table.shapes, phi_share, str(path))
    with torch.device("meta"):
        model = VQAutoencoder(config)
    names = {name: _our_name(name) for name in table.shapes}
    usage = table.shapes.get(USAGE)
    if usage is not None and usage[-1:] == (config.vocab,) and len(usage) == 2:
        table = table.without(USAGE)
        del names[USAGE]
    fill_model(model, table, names, dtype, device)
    return model


def infer_vq_config(shapes: Mapping[str, tuple[int, ...]], phi_share: float, source: str) -> VQConfig:
    """The shape of a VAR tokenizer from the published names and shapes of its tensors."""
    if "quantize.embedding.weight" not in shapes:
        raise CheckpointError(f"{source} lacks quantize.embedding.weight; it is no VAR tokenizer.")
    shape = infer_config({name: torch.empty(size, device="meta") for name, size in shapes.items()}, source)
    phis = {name.rsplit(".", 1)[0] for name in shapes if re.match(_PHI, name)}
    try:
        return VQConfig(shapes["quantize.embedding.weight"][0], len(phis), phi_share, shape)
    except ConfigError as error:
        raise CheckpointError(f"{source} has a tokenizer of an impossible shape. {error}") from error


def _our_name(published: str) -> str:
    name = re.sub(r"^quantize\.embedding\.", "quantizer.codebook.", published)
    return re.sub(f"^{_PHI}", lambda match: f"quantizer.phi.{match[1] or match[2] or 0}.", name)
