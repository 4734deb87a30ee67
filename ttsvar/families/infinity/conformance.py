"""What the transformer computes for a folder of reference cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.bsq import MultiScaleBSQ
from ttsvar.families.infinity.checkpoint import load_transformer
from ttsvar.families.infinity.transformer import Condition, Infinity, inner_guidance
from ttsvar.nn.transformer_config import TransformerConfig, config_from_reference
from ttsvar.weights.tensors import open_tensors


def transformer_conformance(
    folder: str | Path, case: Mapping[str, Any], inputs: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """The transformer's half of an Infinity case: `logits.k` float32 [B, L, D, 2] after guidance and tau.

    Every scale is forced on the given `bits.k` of the coarser ones.
    Raises ConfigError where the case contradicts its weights, or names blocks that do not exist.
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
    layers = tuple(case.get("cfg_insertion_layer", [0]))
    inner = tuple(inner_guidance(layers, scale_cfg, config.depth) for scale_cfg in cfg)
    with torch.inference_mode():
        guided = any(g != 1 for g in cfg)
        cond = model.condition(features, lens, guided=guided, negative=_negative(case, inputs))
        raw = forced_logits(model, replace(cond, inner=inner), inputs)
        on_logits = [g if 0 in layers else 1.0 for g in cfg]
        return {f"logits.{k}": _guided(r, len(lens), on_logits[k], tau[k]) for k, r in enumerate(raw)}


def _negative(case: Mapping[str, Any], inputs: Mapping[str, Tensor]) -> tuple[Tensor, tuple[int, ...]] | None:
    """The negative prompts of a case, packed like the prompts: tensors whose names begin with `neg`."""
    if not case.get("negative_prompt"):
        return None
    packed = [t for name, t in inputs.items() if name.startswith("neg") and t.is_floating_point()]
    counts = [t for name, t in inputs.items() if name.startswith("neg") and not t.is_floating_point()]
    if len(packed) != 1 or len(counts) > 1:
        raise ConfigError(
            "negative_prompt is set; give its rows as negative_text_features and negative_lens, packed like the others."
        )
    lens = tuple(int(n) for n in counts[0].flatten()) if counts else (len(packed[0]),)
    return pad_sequence(list(packed[0].float().split(lens)), batch_first=True), lens


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
