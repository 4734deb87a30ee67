"""Strict loading: a file holds exactly the tensors that a model has, or an error lists every one that differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.finite import likely_cause

MOST_LISTED = 20


def check_tensors(
    expected: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]], source: str, what: str
) -> None:
    """Raise CheckpointError, which lists the tensors of `found` that are unknown, missing or misshapen."""
    shared = sorted(expected.keys() & found.keys())
    wrong = [f"{name} is {found[name]}, not {expected[name]}" for name in shared if found[name] != expected[name]]
    unknown, missing = sorted(found.keys() - expected.keys()), sorted(expected.keys() - found.keys())
    complain(unknown, missing, wrong, source, what)


def shapes(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor, by name."""
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def check_finite(state: Mapping[str, Tensor], source: str) -> None:
    """Raise CheckpointError, which lists the tensors that hold NaN or infinity in the format they have."""
    wrong = sorted(
        name
        for name, tensor in state.items()
        if tensor.is_floating_point() and not tensor.is_meta and not bool(tensor.isfinite().all())
    )
    if wrong:
        dtype = torch.float16 if any(state[name].dtype == torch.float16 for name in wrong) else torch.float32
        raise CheckpointError(
            f"{source} holds numbers that are none (NaN or infinity) in {shorten(wrong)}. {likely_cause(dtype)}"
        )


def complain(unknown: Sequence[str], missing: Sequence[str], wrong: Sequence[str], source: str, what: str) -> None:
    """Raise CheckpointError, which lists these tensors of `source`, unless there are none."""
    found = (("unknown", unknown), ("missing", missing), ("wrong shape", wrong))
    complaints = [f"{label}: {shorten(names)}" for label, names in found if names]
    if complaints:
        raise CheckpointError(f"{source} does not fit {what}. " + "; ".join(complaints) + ".")


def shorten(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more
