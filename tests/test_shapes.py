"""Signatures name shapes, and a call with another one is noticed here."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from jaxtyping import TypeCheckError

from ttsvar.features.extractors.pca import pca
from ttsvar.sampling import draw_bits, token_probabilities
from ttsvar.search.clustering import cluster
from ttsvar.search.potentials import potential
from ttsvar.search.resampling import resample


@pytest.mark.parametrize(
    "call",
    [
        lambda: potential("value", torch.zeros(3, 2), torch.zeros(4)),  # another B
        lambda: potential("value", torch.zeros(4), torch.zeros(4)),  # no history
        lambda: cluster(torch.zeros(4), 2),
        lambda: pca(torch.zeros(2, 9)),
        lambda: draw_bits(torch.zeros(2, 3), torch.zeros(2, 4)),
        lambda: draw_bits(torch.zeros(2, 3), torch.zeros(2, 3, dtype=torch.float64)),  # another precision
        lambda: token_probabilities(torch.zeros(3, dtype=torch.int64)),
        lambda: resample(torch.ones(3), 2, torch.Generator()),  # type: ignore[arg-type]
    ],
)
def test_another_shape_is_refused_while_tests_run(call):
    with pytest.raises(TypeCheckError):
        call()


@pytest.mark.slow
def test_without_jaxtyping_shapes_are_plain_tensors():
    program = (
        "import sys; sys.modules['jaxtyping'] = None\n"
        "import torch; from ttsvar import shapes; from ttsvar.search.clustering import cluster\n"
        "assert shapes.Images is torch.Tensor\n"
        "print(sorted(cluster(torch.eye(2), 2)[1].tolist()))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[0, 1]"
