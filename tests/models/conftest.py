"""A small transformer and two prompts' text features."""

from __future__ import annotations

import pytest
import torch
from small_transformers import lively, small_config
from torch import Tensor

from ttsvar.models.infinity import Infinity


@pytest.fixture(scope="session")
def model() -> Infinity:
    """A small lively transformer."""
    return lively(small_config())


@pytest.fixture(scope="session")
def text() -> tuple[Tensor, tuple[int, ...]]:
    """Features of two prompts of 7 and 4 tokens."""
    return torch.randn(2, 7, 24, generator=torch.Generator().manual_seed(5)), (7, 4)
