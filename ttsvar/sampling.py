"""Bits and tokens from logits: guidance, top-k and top-p, and draws keyed by what they are for.

Dimension letters: B candidates, L tokens, D bits a token, V tokens to choose from.
"""

from __future__ import annotations

import hashlib

import numpy as np
import torch

from ttsvar.arrays import tensor_of
from ttsvar.finite import require_finite
from ttsvar.shapes import Chances, DrawnBits, Logits, PairLogits, TokenChances, Tokens, Uniforms

BEYOND = "cfg and tau took the logits beyond what a number holds; lower cfg, or raise tau."


def keyed_rng(*key: object) -> np.random.Generator:
    """A generator that depends on the key alone: equal on every device, whatever else was drawn before."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=16, person=b"ttsvar-draw").digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest, dtype="<u8")))


def uniforms(seed: int, candidate_id: str, scale: int, purpose: str, shape: tuple[int, ...]) -> Uniforms:
    """float32 numbers in [0, 1) for one candidate at one scale, on the CPU."""
    return tensor_of(keyed_rng(seed, candidate_id, scale, purpose).random(shape, dtype=np.float32))


def combine_guidance(conditional: Logits, unconditional: Logits | None, cfg: float, tau: float) -> Logits:
    """Classifier-free guidance on logits of any shape: divided by tau first, then cfg * cond + (1 - cfg) * uncond.

    `unconditional` may be None where cfg is 1, which leaves only the conditional half.
    """
    if cfg == 1 or unconditional is None:
        return conditional / tau
    return cfg * (conditional / tau) + (1 - cfg) * (unconditional / tau)


def bit_probabilities(logits: PairLogits, top_k: int = 0, top_p: float = 1.0) -> Chances:
    """Probability that each bit is 1, float32 [...], from logits [..., 2].

    Over two values top-p fixes a bit whose less likely value has probability <= 1 - top_p, and top-k = 1 fixes every
    bit that is not a tie; top-k = 0 or 2 leaves all as they are (Infinity's sampler, with V = 2).
    """
    gap = logits[..., 1].float() - logits[..., 0].float()
    p1 = torch.sigmoid(gap)
    fixed = torch.zeros_like(gap, dtype=torch.bool)
    if top_p < 1:
        fixed |= torch.sigmoid(-gap.abs()) <= 1 - top_p
    if top_k == 1:
        fixed |= gap != 0
    return torch.where(fixed, (gap > 0).to(p1.dtype), p1)


def draw_bits(p1: Chances, uniform: Uniforms) -> DrawnBits:
    """Bits uint8 [...] that are 1 where `uniform` is below the probability of 1; NumberError where that is NaN."""
    require_finite(p1, "Chances of the bits", cause=BEYOND)
    return (uniform.to(p1.device) < p1).to(torch.uint8)


def token_probabilities(logits: TokenChances, top_k: int = 0, top_p: float = 1.0) -> TokenChances:
    """Probability of each token, float32 [..., V], from logits of that shape.

    top-k leaves the k likeliest tokens (0: all; ties with the last stay), then top-p drops the unlikeliest that
    together have probability <= 1 - top_p (VAR's sampler).
    """
    logits = logits.float()
    if 0 < top_k < logits.shape[-1]:
        lowest = logits.topk(top_k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < lowest, -torch.inf)
    if top_p < 1:
        rising, order = logits.sort(dim=-1)
        dropped = rising.softmax(-1).cumsum(-1) <= 1 - top_p
        dropped[..., -1] = False
        logits = logits.masked_fill(dropped.scatter(-1, order, dropped), -torch.inf)
    return logits.softmax(-1)


def draw_tokens(probabilities: TokenChances, uniform: Uniforms) -> Tokens:
    """Tokens int64 [...] on the CPU: the first whose summed probability [..., V] exceeds the float32 uniform [...].

    Sums in float64 on the CPU, so that equal probabilities give equal tokens on every device. NumberError where one is
    NaN: the token that was found would not exist.
    """
    require_finite(probabilities, "Chances of the tokens", cause=BEYOND)
    sums = probabilities.cpu().double().cumsum(-1)
    # A float32 uniform is at most 1 - 2^-24, so the product stays below the whole sum.
    wanted = uniform.cpu().double()[..., None] * sums[..., -1:]
    return torch.searchsorted(sums, wanted, right=True)[..., 0]
