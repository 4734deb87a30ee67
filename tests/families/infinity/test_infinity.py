"""Arithmetic of the transformer: cached against teacher-forced, grouped against single, training."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from small_transformers import SIZES, lively, small_config
from torch import Tensor
from torch.nn import Module

from ttsvar.errors import ConfigError, PromptError, StateError
from ttsvar.families.infinity.transformer import Condition, Infinity, flatten_codes, inner_guidance
from ttsvar.nn.attention import attend
from ttsvar.nn.rope import rotary_tables
from ttsvar.nn.transformer_config import TransformerConfig

Text = tuple[Tensor, tuple[int, ...]]


def codes_for(config: TransformerConfig, rows: int, seed: int = 1) -> list[Tensor]:
    """Random inputs of every scale but the first, each [rows, D, h, w]."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(rows, config.bits, h, w, generator=generator) for h, w in config.tokenizer_sizes[1:]]


@torch.no_grad()
def scale_by_scale(model: Infinity, cond: Condition, codes: list[Tensor], candidates: int) -> list[Tensor]:
    """Raw logits of every scale with a cache; `codes` hold one row per candidate, shared by both halves."""
    cache, x = model.empty_cache(len(cond.pooled) * candidates), model.start(cond, candidates)
    out = []
    for k, (h, w) in enumerate(model.config.sizes):
        cache = cache.grow(h * w)
        out.append(model.forward_scale(x, cond, cache, k))
        if k + 1 < len(model.config.sizes):
            x = model.embed(codes[k]).repeat(cond.halves, 1, 1)
    return out


@pytest.mark.parametrize("changes", [{}, {"patchify": True}, {"level_every_chunk": True, "block_chunks": 2}])
def test_cached_scales_equal_teacher_forcing(changes: dict, text: Text) -> None:
    model = lively(small_config(**changes))
    features, lens = text
    codes = codes_for(model.config, rows=2)
    with torch.no_grad():
        cond = model.condition(features, lens, guided=False)
        forced, middle = model.forward_train(flatten_codes(codes, model.config.patchify), cond)
    cached = torch.cat(scale_by_scale(model, cond, codes, candidates=1), dim=1)
    assert forced.shape == (2, model.config.ends[-1], model.config.token_bits, 2)
    assert middle.shape == (2, model.config.ends[-1], model.config.embed_dim)
    assert (cached - forced).abs().max() < 1e-5 * forced.std()


def test_truncated_training_sees_the_first_scales_alone(model: Infinity, text: Text) -> None:
    features, lens = text
    codes = codes_for(model.config, rows=2)
    with torch.no_grad():
        cond = model.condition(features, lens, guided=False)
        full, _ = model.forward_train(flatten_codes(codes), cond)
        short, _ = model.forward_train(flatten_codes(codes[:2]), cond, scales=3)
    assert (short - full[:, : model.config.ends[2]]).abs().max() < 1e-5 * full.std()


def test_grouped_candidates_equal_single_ones(model: Infinity, text: Text) -> None:
    """Three candidates of each of two guided prompts at once, and each of them alone with its prompt."""
    features, lens = text
    codes = codes_for(model.config, rows=6)
    with torch.no_grad():
        cond = model.condition(features, lens, guided=True)
        together = scale_by_scale(model, cond, codes, candidates=3)
        for row in range(6):
            prompt = row // 3
            alone = model.condition(features[prompt : prompt + 1, : lens[prompt]], (lens[prompt],), guided=True)
            single = scale_by_scale(model, alone, [c[row : row + 1] for c in codes], candidates=1)
            for k, logits in enumerate(together):
                assert (logits[[row, 6 + row]] - single[k]).abs().max() < 1e-5 * logits.std()


def test_dropped_text_equals_the_unconditional_half(model: Infinity, text: Text) -> None:
    features, lens = text
    with torch.no_grad():
        guided = model.condition(features, lens, guided=True)
        dropped = model.condition(features, lens, guided=False, drop=torch.tensor([True, False]))
    torch.testing.assert_close(dropped.pooled[0], guided.pooled[2])
    torch.testing.assert_close(dropped.pooled[1], guided.pooled[1])


def test_training_attention_equals_the_fused_kernel() -> None:
    q, k, v = torch.randn(3, 2, 2, 6, 4, generator=torch.Generator().manual_seed(0)).requires_grad_().unbind(0)
    for mask in (None, torch.ones(6, 6).tril().bool()[None, None], torch.rand(2, 1, 1, 6) < 0.7):
        own = attend(q, k, v, mask, 0.5)
        torch.testing.assert_close(own, F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=0.5))


def test_gradients_reach_text_and_every_parameter(text: Text) -> None:
    model = lively(small_config())
    features, lens = text[0].clone().requires_grad_(), text[1]
    with torch.autocast("cpu", torch.bfloat16):
        cond = model.condition(features, lens, guided=False, drop=torch.tensor([False, True]))
        logits, middle = model.forward_train(flatten_codes(codes_for(model.config, rows=2)), cond)
    (logits.float().square().mean() + middle.square().mean()).backward()
    assert features.grad is not None
    assert features.grad[0].abs().sum() > 0
    assert features.grad[1].abs().sum() == 0, "the text of a dropped prompt must not matter"
    still = [name for name, p in model.named_parameters() if p.grad is None or p.grad.abs().sum() == 0]
    assert not still
    assert middle.dtype == torch.float32


def test_a_fresh_model_learns(text: Text) -> None:
    model = Infinity(small_config()).init_weights(3)
    features, lens = text
    inputs = flatten_codes(codes_for(model.config, rows=2))
    bits = torch.randint(2, (2, 27, 5), generator=torch.Generator().manual_seed(2))
    optimizer, losses = torch.optim.AdamW(model.parameters(), 5e-3), []
    for _ in range(25):
        logits, _ = model.forward_train(inputs, model.condition(features, lens, guided=False))
        loss = F.cross_entropy(logits.flatten(0, 2), bits.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] == pytest.approx(0.693, abs=0.05)
    assert losses[-1] < 0.5


def test_initial_weights_are_the_same_for_the_same_seed() -> None:
    one, two, other = (Infinity(small_config()).init_weights(seed).state_dict() for seed in (7, 7, 8))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["head.weight"], other["head.weight"])


def test_another_schedule_shares_the_weights(model: Infinity, text: Text) -> None:
    tall = model.with_schedule(((1, 1), (2, 1), (6, 3)), (6, 3))
    assert tall.head.weight is model.head.weight
    assert model.config.sizes == SIZES
    with torch.no_grad():
        cond = tall.condition(*text, guided=False)
        out = scale_by_scale(tall, cond, codes_for(tall.config, rows=2), candidates=1)
    assert out[-1].shape == (2, 18, 5, 2)


def test_a_negative_text_fills_the_unconditional_half_whatever_its_length(model: Infinity, text: Text) -> None:
    features, lens = text
    other = torch.randn(2, 7, features.shape[-1], generator=torch.Generator().manual_seed(5)), (7, 2)
    with torch.no_grad():
        guided = model.condition(features, lens, guided=True, negative=other)
        alone = model.condition(*other, guided=False)
        own = model.condition(features, lens, guided=False)
    torch.testing.assert_close(guided.pooled, torch.cat([own.pooled, alone.pooled]))
    for both, negative in zip(guided.text, alone.text, strict=True):
        torch.testing.assert_close(both[0][2], negative[0][0])
        torch.testing.assert_close(both[0][3, :, :2], negative[0][1, :, :2])
    assert guided.mask is not None
    assert guided.mask[3].sum() == 2


def test_inner_guidance_mixes_the_halves_after_the_named_block(text: Text) -> None:
    model = lively(small_config(depth=3))
    with torch.no_grad():
        cond = model.condition(*text, guided=True)
        x = model.start(cond, 1)
        plain = _block_outputs(model, cond, x)
        inner = inner_guidance((0, -2), 3.0, depth=3)
        assert inner is not None
        assert inner.layers == {1}
        guided = _block_outputs(model, replace(cond, inner=(inner,)), x)
        mixed = 3.0 * plain[1][:2] - 2.0 * plain[1][2:]
        torch.testing.assert_close(guided[1], plain[1])
        # The last block sees the mixture in both halves, and its own condition in each.
        table = rotary_tables(model.config, x.device)[:1]
        last = model.blocks[2](mixed.repeat(2, 1, 1), cond, 2, table)
        torch.testing.assert_close(guided[2], last)
    assert inner_guidance((-1,), 1.0, depth=3) is None
    assert inner_guidance((0,), 3.0, depth=3) is None


def _block_outputs(model: Infinity, cond: Condition, x: Tensor) -> list[Tensor]:
    seen: list[Tensor] = []

    def note(_module: Module, _inputs: tuple, output: Tensor) -> None:
        seen.append(output)

    hooks = [block.register_forward_hook(note) for block in model.blocks]
    model.forward_scale(x, cond, model.empty_cache(len(x)).grow(1), 0)
    for hook in hooks:
        hook.remove()
    return seen


@pytest.mark.parametrize("layers", [(), (1,), (-3,), (0, -9)])
def test_guidance_on_blocks_that_do_not_exist_is_refused(layers: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="cfg_layers"):
        inner_guidance(layers, 3.0, depth=3)


def test_too_long_a_prompt_is_refused(model: Infinity) -> None:
    with pytest.raises(PromptError, match=r"10 text tokens; this model takes up to 9"):
        model.condition(torch.zeros(1, 10, 24), (10,), guided=True)


def test_a_cache_of_the_wrong_length_is_refused(model: Infinity, text: Text) -> None:
    cond = model.condition(*text, guided=False)
    with pytest.raises(StateError, match="Scale 0 needs a cache grown to 1 tokens of 2 rows"):
        model.forward_scale(model.start(cond, 1), cond, model.empty_cache(2), 0)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"num_heads": 5}, "num_heads"),
        ({"block_chunks": 3}, "block_chunks"),
        ({"sizes": ((2, 2), (3, 3))}, "first scale"),
        ({"levels": 2}, "4 scales"),
        ({"rope_mode": 7}, "rope_mode"),
    ],
)
def test_impossible_configs_are_refused_by_name(changes: dict, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        small_config(**changes)
