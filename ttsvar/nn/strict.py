"""Models of transformers from files that hold exactly their tensors."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor, nn

from ttsvar.weights.strict import check_finite, complain

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel

Model = TypeVar("Model", bound="PreTrainedModel")


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
    complain(sorted(info["unexpected_keys"]), sorted(info["missing_keys"]), wrong, source, kind.__name__)
    check_finite(model.state_dict(), source)
    nn.Module.to(model, device)
    return model.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's bar and its own report of what did not fit, which our error gives."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()
