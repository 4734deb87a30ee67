"""Guidance, top-k and top-p over two values, and keyed draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.sampling import (
    bit_probabilities,
    combine_guidance,
    draw_bits,
    draw_tokens,
    keyed_rng,
    token_probabilities,
    uniforms,
)  # fmt: skip


def _logits(*p1: float) -> torch.Tensor:
    p = torch.tensor(p1, dtype=torch.float64)
    return torch.stack([torch.log(1 - p), torch.log(p)], dim=-1)


def test_guidance_divides_by_tau_then_combines():
    cond, uncond = torch.randn(4, 2), torch.randn(4, 2)
    assert torch.allclose(combine_guidance(cond, uncond, 3.0, 0.5), 3 * cond / 0.5 - 2 * uncond / 0.5)
    assert torch.equal(combine_guidance(cond, uncond, 1.0, 0.5), cond / 0.5)
    assert torch.equal(combine_guidance(cond, None, 1.0, 2.0), cond / 2)


def test_top_p_fixes_a_bit_whose_minority_is_at_most_three_percent():
    p1 = bit_probabilities(_logits(0.5, 0.031, 0.029, 0.969, 0.971, 0.9), top_p=0.97)
    assert p1.tolist() == pytest.approx([0.5, 0.031, 0.0, 0.969, 1.0, 0.9], abs=1e-6)
    assert bit_probabilities(_logits(0.001, 0.999), top_p=1.0).tolist() == pytest.approx([0.001, 0.999], abs=1e-6)


def test_a_bit_on_the_edge_of_top_p_is_fixed():
    assert bit_probabilities(torch.tensor([[0.0, 0.0]]), top_p=0.5).tolist() == [0.0]
    # Two of four equal tokens have exactly the share that is dropped.
    assert token_probabilities(torch.zeros(1, 4), top_p=0.5).count_nonzero() == 2


def test_nothing_is_left_out_unless_asked():
    logits = torch.tensor([[1.0, -2.0, 0.5, 0.0]])
    assert torch.equal(token_probabilities(logits), logits.softmax(-1))
    assert torch.equal(bit_probabilities(logits[:, :2]), torch.sigmoid(logits[:, 1] - logits[:, 0]))


def test_top_k_one_is_greedy_and_keeps_ties():
    assert bit_probabilities(_logits(0.4, 0.6, 0.5), top_k=1).tolist() == pytest.approx([0, 1, 0.5])
    assert bit_probabilities(_logits(0.4), top_k=2).tolist() == pytest.approx([0.4])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-8, 8), min_size=2, max_size=40), st.floats(0.5, 1.0))
def test_top_p_is_the_sorted_cumulative_rule(values: list[float], top_p: float):
    logits = torch.tensor(values[: len(values) // 2 * 2]).reshape(-1, 2)
    got = bit_probabilities(logits, top_p=top_p)
    ordered, order = logits.sort(dim=-1)
    drop = ordered.softmax(-1).cumsum(-1) <= 1 - top_p
    drop[:, -1] = False
    kept = logits.masked_fill(drop.scatter(1, order, drop), -torch.inf).softmax(-1)[:, 1]
    edge = (logits.softmax(-1).amin(-1) - (1 - top_p)).abs() < 1e-6
    assert torch.allclose(got[~edge], kept[~edge], atol=1e-6)


def test_fixed_bits_are_certain():
    u = torch.tensor([0.0, 0.5, 1 - 2**-24])
    assert draw_bits(torch.zeros(3), u).tolist() == [0, 0, 0]
    assert draw_bits(torch.ones(3), u).tolist() == [1, 1, 1]
    assert draw_bits(torch.full((3,), 0.4), u).tolist() == [1, 0, 0]


def test_uniforms_are_a_function_of_their_key():
    first = uniforms(3, "c1", 4, "bits", (5, 6))
    assert first.dtype == torch.float32
    assert first.shape == (5, 6)
    assert torch.equal(first, uniforms(3, "c1", 4, "bits", (5, 6)))
    others = [(4, "c1", 4, "bits"), (3, "c2", 4, "bits"), (3, "c1", 5, "bits"), (3, "c1", 4, "other")]
    assert all(not torch.equal(first, uniforms(*key, (5, 6))) for key in others)


def test_keys_do_not_run_together():
    assert keyed_rng("a", "bc").random() != keyed_rng("ab", "c").random()
    assert keyed_rng(1, 23).random() != keyed_rng(12, 3).random()


def test_draws_are_the_same_on_every_machine():
    known = [0.53803056, 0.75283223, 0.23081326]
    assert np.allclose(uniforms(0, "c0", 0, "bits", (3,)).numpy(), known, atol=1e-7)


def test_uniforms_are_uniform():
    values = uniforms(1, "c0", 0, "bits", (20000,))
    assert 0 <= values.min() < values.max() < 1
    assert abs(float(values.mean()) - 0.5) < 0.01
    assert abs(float(values.var()) - 1 / 12) < 0.003


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 12), st.floats(0.05, 1.0))
def test_top_k_and_top_p_keep_the_likeliest(seed: int, top_k: int, top_p: float):
    logits = torch.randn(3, 10, generator=torch.Generator().manual_seed(seed)) * 2
    chances = token_probabilities(logits, top_k, top_p)
    torch.testing.assert_close(chances.sum(-1), torch.ones(3))
    for row, kept in zip(logits, chances > 0, strict=True):
        order = row.argsort(descending=True).tolist()
        allowed = order[: top_k or 10]
        share = row[allowed].double().softmax(0)
        count = next((n for n in range(1, len(allowed) + 1) if 1 - float(share[:n].sum()) <= 1 - top_p), len(allowed))
        assert int(kept.sum()) >= 1
        assert set(kept.nonzero().flatten().tolist()) == set(order[: int(kept.sum())])
        assert abs(int(kept.sum()) - count) <= (0 if top_p < 0.999 else 10)


def test_tokens_are_drawn_by_their_probabilities():
    chances = torch.tensor([0.0, 0.25, 0.0, 0.75, 0.0])
    uniform = uniforms(0, "c0", 0, "tokens", (4000,))
    drawn = draw_tokens(chances.expand(4000, 5), uniform)
    assert set(drawn.tolist()) == {1, 3}
    assert abs(float((drawn == 1).float().mean()) - 0.25) < 0.03
    edges = torch.tensor([0.0, 1.0 - 2**-24])
    assert draw_tokens(chances.expand(2, 5), edges).tolist() == [1, 3]
