"""Views of a cache never change, whatever is grown, narrowed or selected around them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ttsvar.errors import StateError
from ttsvar.nn.kv_cache import CacheView

LAYERS, HEADS, HEAD_DIM, CAPACITY = 2, 2, 3, 12


def empty(rows: int) -> CacheView:
    return CacheView.allocate((LAYERS, rows, HEADS, HEAD_DIM), CAPACITY, torch.zeros(1))


def content(view: CacheView) -> Tensor:
    """What a view shows, [layers, 2, rows, H, length, head_dim]."""
    buffer = view.cache.buffer
    return buffer[:, :, view.start : view.start + view.rows, :, : view.length].clone()


def fill(view: CacheView, tokens: int, seed: int) -> Tensor:
    """Write random keys and values as the view's last tokens; returns them as `content` orders them."""
    new = torch.randn(LAYERS, 2, view.rows, HEADS, tokens, HEAD_DIM, generator=torch.Generator().manual_seed(seed))
    for layer in range(LAYERS):
        k, v = view.write(layer, new[layer, 0], new[layer, 1])
        assert k.shape == v.shape == (view.rows, HEADS, view.length, HEAD_DIM)
    return new


operations = st.lists(
    st.tuples(st.sampled_from(["grow", "select", "narrow"]), st.integers(0, 50), st.integers(0, 50)), max_size=25
)


@settings(max_examples=60, deadline=None)
@given(operations)
def test_no_operation_changes_another_view(steps: list[tuple[str, int, int]]) -> None:
    known = [(empty(3), torch.zeros(LAYERS, 2, 3, HEADS, 0, HEAD_DIM))]
    for seed, (name, pick, amount) in enumerate(steps):
        view, expected = known[pick % len(known)]
        if name == "grow" and view.length < CAPACITY:
            tokens = 1 + amount % min(4, CAPACITY - view.length)
            grown = view.grow(tokens)
            known.append((grown, torch.cat([expected, fill(grown, tokens, seed)], dim=4)))
        elif name == "select":
            rows = [(amount + i * i) % view.rows for i in range(1 + amount % 4)]
            known.append((view.select(rows), expected[:, :, rows]))
        elif name == "narrow":
            start = amount % view.rows
            known.append((view.narrow(start, view.rows - start), expected[:, :, start:]))
        for each, want in known:
            assert torch.equal(content(each), want)


def test_the_newest_view_grows_in_place_and_an_older_one_copies() -> None:
    first = empty(2).grow(3)
    second = first.grow(2)
    branch = first.grow(2)
    assert second.cache is first.cache
    assert branch.cache is not first.cache


def test_chunks_of_a_grown_view_are_written_into_it() -> None:
    view = empty(4).grow(3)
    parts = [fill(view.narrow(start, 2), 3, seed=start) for start in (0, 2)]
    assert torch.equal(content(view), torch.cat(parts, dim=2))


def test_what_is_impossible_is_refused() -> None:
    view = empty(2)
    with pytest.raises(StateError, match="room for 12 tokens and needs 13"):
        view.grow(13)
    with pytest.raises(StateError, match=r"rows \[2\] do not exist"):
        view.select([0, 2])
    with pytest.raises(StateError, match="Rows 1 to 3"):
        view.narrow(1, 2)
