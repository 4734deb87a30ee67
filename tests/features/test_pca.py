"""Clustering inputs: signs that mean something, and colours that mean the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.extractor import clustering_input
from ttsvar.features.display_basis import display_basis
from ttsvar.features.extractors import pca_raw as module
from ttsvar.features.extractors.pca import aligned_signs, pca
from ttsvar.features.extractors.pca_raw import pca_raw
from ttsvar.features.extractors.pool import pool


def scene(where: slice, seed: int = 0, noise: float = 0.3) -> Tensor:
    """Patch features [64, 24] of a background with one object in some columns of an 8 x 8 grid."""
    directions = torch.randn(2, 24, generator=torch.Generator().manual_seed(99))
    grid = directions[0].expand(8, 8, 24).clone()
    grid[2:6, where] = directions[1]
    return (grid + noise * torch.randn(8, 8, 24, generator=torch.Generator().manual_seed(seed))).reshape(64, 24)


LEFT, RIGHT = slice(0, 3), slice(5, 8)


def test_pool_and_raw_components_are_the_textbooks():
    features = torch.randn(3, 20, 6)
    assert torch.allclose(pool(features), features.mean(1))
    expected = np.stack([PCA(1).fit_transform(image.numpy())[:, 0] for image in features])
    assert np.allclose(np.abs(pca_raw(features).numpy()), np.abs(expected), atol=1e-4)
    assert torch.allclose(pca(features).abs(), pca_raw(features).abs())


def test_equal_layouts_agree_and_opposite_ones_do_not():
    features = torch.stack([scene(LEFT, 1), scene(LEFT, 2), scene(RIGHT, 3), scene(RIGHT, 4), scene(LEFT, 5)])
    maps = pca(features)
    corr = np.corrcoef(maps.numpy())
    assert corr[0, 1] > 0.9
    assert corr[0, 4] > 0.9
    assert corr[2, 3] > 0.9
    assert corr[0, 2] < 0.2, "an object on the left is not made to look like one on the right"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.booleans(), min_size=6, max_size=6))
def test_signs_do_not_depend_on_the_solver(seed: int, flips: list[bool]):
    features = torch.stack([scene(LEFT if i % 2 else RIGHT, seed + i, noise=1.0) for i in range(6)])
    expected = pca(features)
    true, order = module.first_component, iter(flips)

    def flipped(patches: Tensor) -> tuple[Tensor, Tensor]:
        scores, axis = true(patches)
        return (-scores, -axis) if next(order) else (scores, axis)

    module.first_component = flipped
    try:
        assert torch.equal(pca(features), expected)
    finally:
        module.first_component = true


def test_order_does_not_matter():
    features = torch.stack([scene(LEFT if i % 2 else RIGHT, i) for i in range(6)])
    order = [3, 0, 5, 1, 4, 2]
    assert torch.allclose(pca(features[order]), pca(features)[order], atol=1e-5)


def test_aligned_signs_reach_the_best_sum():
    axes = torch.nn.functional.normalize(torch.randn(7, 3, generator=torch.Generator().manual_seed(4)), dim=1)
    signs = aligned_signs(axes)
    every = torch.cartesian_prod(*[torch.tensor([-1.0, 1.0])] * 7)
    assert float((signs.float() @ axes).norm()) == pytest.approx(float((every @ axes).norm(dim=1).max()), rel=1e-5)


def test_one_image_and_flat_images_are_fine():
    assert pca(torch.randn(1, 16, 5)).shape == (1, 16)
    assert bool((pca(torch.ones(3, 16, 5)) == 0).all())


def test_names_are_checked():
    with pytest.raises(ConfigError, match=r"pca, pca-raw, pool, pool\+map, inception"):
        clustering_input("umap", torch.zeros(1, 4, 4))
    assert clustering_input("pool", torch.zeros(2, 4, 3, dtype=torch.float16)).dtype == torch.float32


def test_the_display_basis_is_shared_and_deterministic():
    features = torch.stack([scene(LEFT, 1), scene(RIGHT, 2)])
    basis = display_basis(features)
    maps = basis.maps(features)
    assert maps.shape == (2, 8, 8, 3)
    assert maps.dtype == torch.uint8
    assert torch.equal(maps, display_basis(features.clone()).maps(features))
    assert torch.equal(maps[1], basis.maps(features[1:])[0]), "an image's colours do not depend on the others"
    object_colour, background = maps[0, 3, 1].float(), maps[0, 3, 6].float()
    assert (object_colour - background).abs().max() > 100
    assert (maps[1, 3, 6].float() - object_colour).abs().max() < 100
    assert maps.amin() == 0
    assert maps.amax() == 255


def test_the_display_basis_says_what_it_needs():
    basis = display_basis(torch.randn(2, 12, 5))
    assert basis.maps(torch.randn(1, 12, 5), grid=(3, 4)).shape == (1, 3, 4, 3)
    with pytest.raises(ConfigError, match="12 patches do not fill"):
        basis.maps(torch.randn(1, 12, 5))
    with pytest.raises(ConfigError, match="at least 3 channels"):
        display_basis(torch.randn(2, 12, 2))


def test_the_mean_and_the_map_count_the_same_whatever_their_units():
    features = torch.stack([scene(LEFT if i % 2 else RIGHT, i) for i in range(4)])
    vectors = clustering_input("pool+map", features)
    assert vectors.shape == (4, 24 + 64)
    for part in vectors.split([24, 64], dim=1):
        assert float(part.mean(0).abs().max()) < 1e-5
        assert float(part.square().sum(1).mean()) == pytest.approx(1, rel=1e-4)
    assert torch.allclose(clustering_input("pool+map", 50 * features), vectors, atol=1e-4)
    alike = clustering_input("pool+map", features[:1].expand(3, -1, -1))
    assert bool((alike == 0).all()), "nothing to tell apart"
