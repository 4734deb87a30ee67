"""Strict loading: a state dict holds exactly the tensors that a model has, or an error lists every one that differs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel
from transformers.utils import logging

from ttsvar.errors import CheckpointError

Model = TypeVar("Model", bound=PreTrainedModel)
MOST_LISTED = 20


def check_tensors(
    expected: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]], source: str, what: str
) -> None:
    """Raise CheckpointError, which lists the tensors of `found` that are unknown, missing or misshapen."""
    shared = sorted(expected.keys() & found.keys())
    wrong = [f"{name} is {found[name]}, not {expected[name]}" for name in shared if found[name] != expected[name]]
    unknown, missing = sorted(found.keys() - expected.keys()), sorted(expected.keys() - found.keys())
    _complain(unknown, missing, wrong, source, what)


def shapes(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor, by name."""
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def load_pretrained(
    kind: type[Model],
    config: PretrainedConfig,
    state: Mapping[str, Tensor],
    source: str,
    *,
    unused: Sequence[str] = (),
    device: str | torch.device = "cpu",
    dtype: torch.dtype = torch.float32,
) -> Model:
    """A transformers model in evaluation mode that holds exactly these tensors.

    transformers maps the names that its own earlier releases published; `unused` are beginnings of names that the file
    holds for another model. Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    used = {name: t for name, t in state.items() if not name.startswith(tuple(unused))}
    with _quiet():
        loaded: Any = kind.from_pretrained(
            None,
            config=copy.deepcopy(config),
            state_dict=used,
            dtype=dtype,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
            local_files_only=True,
        )
    model, info = loaded
    wrong = [f"{name} is {tuple(there)}, not {tuple(here)}" for name, there, here in sorted(info["mismatched_keys"])]
    _complain(sorted(info["unexpected_keys"]), sorted(info["missing_keys"]), wrong, source, kind.__name__)
    nn.Module.to(model, device)
    return model.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's bar and its own report of what did not fit, which our error gives."""
    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()


def _complain(unknown: Sequence[str], missing: Sequence[str], wrong: Sequence[str], source: str, what: str) -> None:
    found = (("unknown", unknown), ("missing", missing), ("wrong shape", wrong))
    complaints = [f"{label}: {_shorten(names)}" for label, names in found if names]
    if complaints:
        raise CheckpointError(f"{source} does not fit {what}. " + "; ".join(complaints) + ".")


def _shorten(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more
