"""k-means groups and one sample of each, whatever the points are."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.errors import SelectionError
from ttsvar.search.clustering import cluster


def test_three_clear_groups_give_their_middles():
    points = torch.tensor([[0.0], [0.1], [0.25], [9.0], [9.2], [9.3], [50.0]])
    labels, selected = cluster(points, 3)
    assert sorted(selected.tolist()) == [1, 4, 6]
    assert len(set(labels[:3].tolist())) == len(set(labels[3:6].tolist())) == 1
    assert len(set(labels.tolist())) == 3
    assert [int(labels[i]) for i in selected] == [0, 1, 2], "one of each cluster, in the order of the clusters"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_always_k_distinct_indices_and_no_warning(data: st.DataObject):
    values = st.sampled_from([0.0, 0.0, 1.0, 2.5, -1e-7, 1e6])
    rows = data.draw(st.lists(st.tuples(values, values), min_size=1, max_size=12))
    k = data.draw(st.integers(1, len(rows)))
    points = torch.tensor(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        labels, selected = cluster(points, k)
        again = cluster(points.numpy(), k)
    assert len(set(selected.tolist())) == len(selected) == k
    assert set(selected.tolist()) <= set(range(len(rows)))
    assert torch.equal(labels, again[0])
    assert torch.equal(selected, again[1])
    assert labels.shape == (len(rows),)
    assert 0 <= int(labels.min()) <= int(labels.max()) < k
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            if np.float32(a[0]) == np.float32(b[0]) and np.float32(a[1]) == np.float32(b[1]):
                assert labels[i] == labels[j], "equal vectors share a label"
    assert {int(labels[i]) for i in selected} == set(labels.tolist()), "every cluster is kept"


def test_equal_points_fill_up_from_the_largest_cluster():
    points = torch.tensor([[1.0, 2.0]] * 5 + [[7.0, 7.0]])
    labels, selected = cluster(points, 4)
    assert sorted(selected.tolist()) == [0, 1, 2, 5]
    assert len(set(labels.tolist())) == 2


@pytest.mark.parametrize("k", [0, -1, 4])
def test_impossible_numbers_are_refused(k: int):
    with pytest.raises(SelectionError, match="of 3 candidates"):
        cluster(torch.zeros(3, 2), k)
