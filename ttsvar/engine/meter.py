"""What a step takes: seconds, floating-point operations and peak memory, by component."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import torch

try:
    import resource
except ImportError:  # Windows has no resource usage of this kind
    resource = None

from ttsvar.fair import waited
from ttsvar.types import Component, ComponentCost, StepCost

_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")


Progress = Callable[[Component, int], object]
"""Told of each component as it begins, with the number of items it will process."""


class CostMeter:
    """Adds up what the parts of one step take.

    Peak memory is what a part needed on top of what was held when it began: on CUDA the allocator's own peak; on Linux
    the peak of the process's resident memory, which is reset for each part (/proc/self/clear_refs), so other threads of
    the process are counted in; elsewhere how far the process's all-time peak rose, which is 0 once it has been higher.
    """

    def __init__(self, device: torch.device | str = "cpu", progress: Progress | None = None) -> None:
        self._memory = _memory(torch.device(device))
        self._progress = progress
        self._parts: dict[Component, ComponentCost] = {}

    @contextmanager
    def part(self, name: Component, *, flops: float = 0.0, items: int = 0) -> Generator[None]:
        """Announce and measure a block and add it to a component; nothing is added where the block raises."""
        if self._progress is not None:
            self._progress(name, items)
        self._memory.start()
        began = time.perf_counter() - waited()
        yield
        peak = self._memory.peak()
        cost = ComponentCost(time.perf_counter() - waited() - began, flops, peak, items)
        self._parts[name] = self._parts.get(name, ComponentCost()) + cost

    def cost(self) -> StepCost:
        """What was measured so far."""
        return StepCost(dict(self._parts))


class _Memory(Protocol):
    def start(self) -> None: ...

    def peak(self) -> int: ...


class _CudaMemory:
    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.base = 0

    def start(self) -> None:
        torch.cuda.synchronize(self.device)
        torch.cuda.reset_peak_memory_stats(self.device)
        self.base = torch.cuda.memory_allocated(self.device)

    def peak(self) -> int:
        torch.cuda.synchronize(self.device)
        return max(0, torch.cuda.max_memory_allocated(self.device) - self.base)


class _LinuxMemory:
    def __init__(self) -> None:
        self.base = 0

    def start(self) -> None:
        _CLEAR_REFS.write_text("5")
        self.base = _status_bytes("VmRSS")

    def peak(self) -> int:
        return max(0, _status_bytes("VmHWM") - self.base)


class _ProcessMemory:
    def __init__(self) -> None:
        self.base = 0

    def start(self) -> None:
        self.base = _max_resident()

    def peak(self) -> int:
        return max(0, _max_resident() - self.base)


def _memory(device: torch.device) -> _Memory:
    if device.type == "cuda":
        return _CudaMemory(device)
    try:
        _CLEAR_REFS.write_text("5")
        _status_bytes("VmHWM")
    except (OSError, ValueError):
        return _ProcessMemory()
    return _LinuxMemory()


def _status_bytes(name: str) -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"{_STATUS} has no {name}.")


def _max_resident() -> int:
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
