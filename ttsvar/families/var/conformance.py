"""What VAR and its tokenizer compute for a folder of reference cases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.families.var.checkpoint import load_var
from ttsvar.families.var.transformer import VAR, ClassCondition, guide, ramp
from ttsvar.families.var.vq import MultiScaleVQ, VQAutoencoder
from ttsvar.families.var.vq_checkpoint import load_vq


def var_conformance(folder: str | Path, case: Mapping[str, Any], inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A VAR case: `logits.k` float32 [B, L, V] after guidance, and `image` [B, 3, H, W] in [0, 1].

    Every scale is forced on the given `tokens.k` of the coarser ones. `cfg` is one number, or one per scale, and is
    ramped up over the scales either way. Raises ConfigError where config.json contradicts the weights.
    """
    vae = load_vq(Path(folder) / "vae.pth", phi_share=float(case.get("quant_resi", 0.5)))
    model = load_var(Path(folder) / "var.pth", heads=case.get("num_heads"))
    _check(case, model, vae)
    scales = len(model.config.sides)
    value = case.get("cfg", 1.5)
    cfg = [float(v) for v in value] if isinstance(value, list) else [float(value)] * scales
    if len(cfg) != scales:
        raise ConfigError(f"cfg has {len(cfg)} numbers; the case has {scales} scales.")
    with torch.inference_mode():
        cond = model.condition(inputs["labels"].long(), guided=any(ramp(c, k, scales) for k, c in enumerate(cfg)))
        raw, summed = forced_logits(model, vae.quantizer, cond, inputs)
        got = {f"logits.{k}": guide(r, ramp(cfg[k], k, scales), cond.guided) for k, r in enumerate(raw)}
        if len(raw) == scales and summed is not None:
            got["image"] = (vae.decode(summed).float() + 1) / 2
    return got


def forced_logits(
    model: VAR, quantizer: MultiScaleVQ, cond: ClassCondition, inputs: Mapping[str, Tensor]
) -> tuple[list[Tensor], Tensor | None]:
    """Raw logits [S', L, V] of every scale whose coarser `tokens.k` [B, L] are given, and the sum of all codes."""
    sizes = model.config.sizes
    cache, x, summed = model.empty_cache(len(cond.embedding)), model.start(cond, 1), None
    logits = []
    for k, size in enumerate(sizes):
        cache = cache.grow(size[0] * size[1])
        logits.append(model.forward_scale(x, cond, cache, k))
        if f"tokens.{k}" not in inputs:
            break
        summed = quantizer.accumulate(summed, inputs[f"tokens.{k}"].long().unflatten(1, size), k, sizes)
        if k + 1 < len(sizes):
            x = model.embed(quantizer.next_input(summed, sizes[k + 1])).repeat(cond.halves, 1, 1)
    return logits, summed


def _check(case: Mapping[str, Any], model: VAR, vae: VQAutoencoder) -> None:
    config, shape = model.config, vae.config.shape
    stated = {
        "depth": config.depth,
        "embed_dim": config.embed_dim,
        "num_heads": config.num_heads,
        "shared_aln": config.shared_adaptive,
        "num_classes": config.classes,
        "patch_nums": list(config.sides),
        "attn_l2_norm": config.cosine,
        "vocab_size": config.vocab,
        "z_channels": shape.bits,
        "vae_ch": shape.base_channels,
        "vae_ch_mult": list(shape.ch_mult),
    }
    wrong = [f"{k} is {case[k]} but the weights have {v}" for k, v in stated.items() if k in case and case[k] != v]
    if (config.vocab, config.code_channels) != (vae.config.vocab, shape.bits):
        wrong.append(f"var.pth has {config.vocab} tokens and vae.pth {vae.config.vocab}")
    if wrong:
        raise ConfigError("config.json, var.pth and vae.pth disagree: " + "; ".join(wrong) + ".")
