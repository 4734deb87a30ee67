"""Numbers that are none: NaN and infinity stop a search where they arise, instead of passing for an answer."""

from __future__ import annotations

import torch
from torch import Tensor

from ttsvar.errors import NumberError

DAMAGED = "A weight file is damaged or does not belong to this model; check it against its publisher's."


def require_finite(
    values: Tensor, part: str, scale: int | None = None, *, dtype: torch.dtype | None = None, cause: str = ""
) -> Tensor:
    """The values as they are; NumberError where one is NaN or infinite, which names part, scale and the likely cause.

    `dtype` is what the part computed in, where that is not the values' own; `cause` is told where it is known better.
    """
    if bool(values.isfinite().all()):
        return values
    where = "" if scale is None else f" at scale {scale}"
    wrong = values.numel() - int(values.isfinite().sum())
    raise NumberError(
        f"{part}{where}: {wrong} of {values.numel()} values are no numbers (NaN or infinity). "
        f"{cause or likely_cause(dtype or values.dtype)}"
    )


def likely_cause(dtype: torch.dtype) -> str:
    """What most often makes numbers of a format overflow, and what to do."""
    if dtype == torch.float16:
        return "float16 ends at 65504, which large models exceed; use --dtype bf16 or float32."
    return DAMAGED
