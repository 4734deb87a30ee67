"""Looking: each thing once, in chunks of one shape."""

from __future__ import annotations

import torch
from torch import Tensor

from ttsvar.engine.observe import TensorCache, in_chunks


def test_chunks_have_one_shape_and_padding_is_cut_off():
    shapes = []

    def double(rows: Tensor) -> Tensor:
        shapes.append(len(rows))
        return rows * 2

    inputs = torch.arange(14.0).reshape(7, 2)
    assert torch.equal(in_chunks(double, inputs, 3), inputs * 2)
    assert shapes == [3, 3, 3]


def test_each_key_is_computed_once_and_equal_keys_share():
    asked: list[list[int]] = []

    def compute(rows) -> Tensor:
        asked.append(list(rows))
        return torch.tensor([[float(r)] for r in rows])

    cache = TensorCache(1000)
    keys = [("a",), ("b",), ("a",)]
    assert cache.gather(keys, compute).flatten().tolist() == [0, 1, 0]
    assert cache.gather([("b",), ("c",)], compute).flatten().tolist() == [1, 1]
    assert asked == [[0, 1], [1]]


def test_the_oldest_is_forgotten_first_and_nothing_is_remembered_at_zero():
    cache = TensorCache(8)
    calls: list[list[int]] = []

    def compute(rows) -> Tensor:
        calls.append(list(rows))
        return torch.zeros(len(rows), 1)

    for key in ("a", "b", "a", "c", "a", "b"):
        cache.gather([(key,)], compute)
    assert len(calls) == 4, "a, b, c, and b again: a was used in between"
    never = TensorCache(0)
    for _ in range(2):
        never.gather([("a",)], compute)
    assert len(calls) == 6
