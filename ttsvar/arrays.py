"""Between tensors, arrays and plain numbers, with the types that torch's own functions leave open."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor


def floats(tensor: Tensor) -> list[float]:
    """The numbers of a tensor [B]."""
    return tensor.tolist()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def whole_numbers(tensor: Tensor) -> list[int]:
    """The numbers of an integer tensor [B]."""
    return tensor.tolist()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def rows(tensor: Tensor) -> list[list[float]]:
    """The numbers of a tensor [B, F], row by row."""
    return tensor.tolist()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def tensor_of(array: np.ndarray[Any, Any]) -> Tensor:
    """The array as a tensor of the same type, over the same memory."""
    return torch.from_numpy(array)  # pyright: ignore[reportUnknownMemberType]
