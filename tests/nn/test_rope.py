"""Rotary positions: stretched to the reference grid, and a rotation indeed."""

from __future__ import annotations

import pytest
import torch
from small_transformers import small_config

from ttsvar.errors import ConfigError
from ttsvar.nn.rope import rotary_tables, rotate
from ttsvar.nn.transformer_config import published_ladder


def positions(angles: torch.Tensor) -> torch.Tensor:
    """(y, x) of each token from its table: the first frequency of each half is 1 a step."""
    half = angles.shape[-1] // 2
    return (torch.stack([angles[:, 0], angles[:, half]], dim=-1).angle() % (2 * torch.pi)).float()


def test_positions_are_stretched_to_the_reference_grid() -> None:
    table = rotary_tables(small_config(sizes=((1, 1), (2, 3)), rope_grid=(4, 5)), torch.device("cpu"))
    # 5 / 3 of 0, 1, 2 rounds to 0, 2, 3; 4 / 2 of 0, 1 is 0, 2.
    expected = [(0, 0), (0, 0), (0, 2), (0, 3), (2, 0), (2, 2), (2, 3)]
    torch.testing.assert_close(positions(table), torch.tensor(expected).float(), rtol=1e-5, atol=1e-5)


def test_mode_0_takes_the_index_and_mode_1_the_corners_of_a_table() -> None:
    sizes = ((1, 1), (2, 3))
    plain = rotary_tables(small_config(sizes=sizes, rope_mode=0), torch.device("cpu"))
    expected = [(0, 0), (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    torch.testing.assert_close(positions(plain), torch.tensor(expected).float(), rtol=1e-5, atol=1e-5)
    resampled = rotary_tables(small_config(sizes=sizes, rope_mode=1), torch.device("cpu"))
    corner = torch.tensor([127.0, 127.0]) % (2 * torch.pi)
    torch.testing.assert_close(positions(resampled)[-1], corner, rtol=1e-3, atol=1e-3)


def test_rotation_keeps_lengths_and_makes_products_relative() -> None:
    table = rotary_tables(small_config(sizes=((1, 1), (4, 4)), rope_mode=0), torch.device("cpu"))
    grid = table[1:].reshape(4, 4, -1)
    q, k = torch.randn(2, 16, generator=torch.Generator().manual_seed(0))

    def product(a: tuple[int, int], b: tuple[int, int]) -> torch.Tensor:
        return rotate(q[None], grid[a][None])[0] @ rotate(k[None], grid[b][None])[0]

    torch.testing.assert_close(product((0, 0), (1, 2)), product((2, 1), (3, 3)), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(rotate(q[None], grid[3, 2][None]).norm(), q.norm())


@pytest.mark.parametrize(("h_div_w", "last"), [(1.0, (64, 64)), (1.34, (72, 54)), (0.75, (54, 72)), (0.2, (37, 111))])
def test_the_nearest_published_ladder(h_div_w: float, last: tuple[int, int]) -> None:
    assert published_ladder(h_div_w)[-1] == last
    assert published_ladder(h_div_w, "0.06M") == published_ladder(h_div_w)[:7]


def test_an_unknown_resolution_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"0\.06M, 0\.25M"):
        published_ladder(1.0, "4M")
