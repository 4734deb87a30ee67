"""What the transformer computes for a folder of reference cases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttsvar.errors import ConfigError
from ttsvar.models.checkpoint import load_transformer
from ttsvar.models.config import TransformerConfig, config_from_reference
from ttsvar.models.infinity import Condition, Infinity
from ttsvar.tensor_files import open_tensors
from ttsvar.tokenizer.bsq import MultiScaleBSQ


def transformer_conformance(
    folder: str | Path, case: Mapping[str, Any], inputs: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The transformer's half of an Infinity case: `logits.k` float32 [B, L, D, 2] after guidance and tau.

    Every scale is forced on the given `bits.k` of the coarser ones.
    Raises ConfigError where the case asks for what is not built: guidance inside the blocks, or a negative prompt.
    """
    path = Path(folder) / "transformer.pth"
    config = config_from_reference(case, open_tensors(path).shapes)
    _check(case, config)
    model = load_transformer(path, config)
    cfg, tau = (_per_scale(case.get(name, 1.0), config, name) for name in ("cfg", "tau"))
    lens = tuple(int(n) for n in inputs["lens"])
    if sum(lens) != len(inputs["text_features"]):
        raise ConfigError(
            f"lens is {lens}, but text_features has {len(inputs['text_features'])} rows, not {sum(lens)}."
        )
    features = pad_sequence(list(inputs["text_features"].float().split(lens)), batch_first=True)
    with torch.inference_mode():
        cond = model.condition(features, lens, guided=any(g != 1 for g in cfg))
        raw = forced_logits(model, cond, inputs)
        return {f"logits.{k}": _guided(r, len(lens), cfg[k], tau[k]) for k, r in enumerate(raw)}


def forced_logits(model: Infinity, cond: Condition, inputs: Mapping[str, Tensor]) -> list[Tensor]:
    """Raw logits [S', L, D, 2] of every scale whose coarser `bits.k` are given; one candidate a prompt."""
    config = model.config
    sizes, quantizer = config.tokenizer_sizes, MultiScaleBSQ(config.bits)
    cache, x, summed = model.empty_cache(len(cond.pooled)), model.start(cond, 1), None
    logits = []
    for k, (h, w) in enumerate(config.sizes):
        cache = cache.grow(h * w)
        logits.append(model.forward_scale(x, cond, cache, k))
        if f"bits.{k}" not in inputs or k + 1 == len(sizes):
            break
        summed = quantizer.accumulate(summed, inputs[f"bits.{k}"].squeeze(1), k, sizes[-1])
        x = model.embed(quantizer.next_input(summed, sizes[k + 1])).repeat(cond.halves, 1, 1)
    return logits


def _guided(logits: Tensor, prompts: int, cfg: float, tau: float) -> Tensor:
    if cfg == 1:
        return logits[:prompts] / tau
    conditional, unconditional = logits[:prompts] / tau, logits[prompts:] / tau
    return cfg * conditional + (1 - cfg) * unconditional


def _per_scale(value: float | list[float], config: TransformerConfig, name: str) -> list[float]:
    values = [float(v) for v in value] if isinstance(value, list) else [float(value)] * len(config.sizes)
    if len(values) != len(config.sizes):
        raise ConfigError(f"{name} has {len(values)} numbers; the case has {len(config.sizes)} scales.")
    return values


def _check(case: Mapping[str, Any], config: TransformerConfig) -> None:
    if list(case.get("cfg_insertion_layer", [0])) != [0]:
        raise ConfigError(f"cfg_insertion_layer is {case['cfg_insertion_layer']}; only [0] (on the logits) is built.")
    if case.get("negative_prompt"):
        raise ConfigError("negative_prompt is set; only the learned unconditional text is built.")
    stated = {
        "depth": config.depth,
        "embed_dim": config.embed_dim,
        "num_heads": config.num_heads,
        "block_chunks": config.block_chunks,
        "text_channels": config.text_channels,
        "codebook_dim": config.bits,
    }
    wrong = [f"{k} is {case[k]} but the weights have {v}" for k, v in stated.items() if k in case and case[k] != v]
    if wrong:
        raise ConfigError("config.json and transformer.pth disagree: " + "; ".join(wrong) + ".")
