"""This machine: the device and the number format to compute with, and whether what is wanted fits its memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch

from ttsvar.errors import ConfigError, RoomError

DTYPES = {"float32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_MEMINFO = Path("/proc/meminfo")


def pick_device(name: str | None = None) -> torch.device:
    """The named device, or the best one here; raises ConfigError where the named one is absent."""
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name is None:
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if available[kind]))
    kind = name.split(":")[0]
    if not available.get(kind):
        here = ", ".join(k for k, there in available.items() if there)
        raise ConfigError(f"device is {name!r}, which this machine does not have; choose from: {here}.")
    return torch.device(name)


def pick_dtype(name: str | None, device: torch.device) -> torch.dtype:
    """The named number format, or bfloat16 on CUDA and float32 elsewhere; raises ConfigError for another name."""
    if name is None:
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    if name not in DTYPES:
        raise ConfigError(f"dtype is {name!r}; choose one of {', '.join(DTYPES)}.")
    return DTYPES[name]


def free_bytes(device: torch.device) -> int | None:
    """Bytes that a device can still give; None where nobody can tell, as where ZeroGPU only stands in for a GPU."""
    if device.type == "cuda":
        return None if os.environ.get("SPACES_ZERO_GPU") else torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    if not _MEMINFO.is_file():
        return None
    fields = dict(line.split(":") for line in _MEMINFO.read_text().splitlines())
    return int(fields["MemAvailable"].split()[0]) * 1024


def require_room(what: str, needs: Mapping[str, int], device: torch.device, advice: str) -> None:
    """Raise RoomError, which lists the parts in gigabytes, where they do not fit into what a device has left."""
    total, free = sum(needs.values()), free_bytes(device)
    if free is not None and total > free:
        parts = ", ".join(f"{name} {size / 1e9:.1f}" for name, size in needs.items())
        raise RoomError(
            f"{what} needs about {total / 1e9:.1f} GB on {device} ({parts}); {free / 1e9:.1f} GB are free. {advice}"
        )
