"""What the benchmarks share: the path to the project, the machine, and its measured peak."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

# A script's own folder is on the path, the project's is not.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

GEMM_SIDE = 1024
CONV_CHANNELS, CONV_SIDE, CONV_BATCH = 256, 32, 8


def describe(threads: int) -> dict[str, Any]:
    """Processor, versions and threads; also sets the number of threads that torch uses."""
    torch.set_num_threads(threads)
    return {
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "peak_gflops": round(peak_flops() / 1e9, 1),
        "peak_of": f"the faster of a float32 matrix product of side {GEMM_SIDE} and a 3 x 3 convolution of "
        f"{CONV_CHANNELS} channels, best of 10",
    }


def peak_flops() -> float:
    """Operations a second of the fastest float32 kernel seen: the roof of the utilisation figures.

    On some processors torch multiplies matrices with another library than it convolves with, at half its rate.
    """
    a, b = torch.randn(GEMM_SIDE, GEMM_SIDE), torch.randn(GEMM_SIDE, GEMM_SIDE)
    x = torch.randn(CONV_BATCH, CONV_CHANNELS, CONV_SIDE, CONV_SIDE).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(CONV_CHANNELS, CONV_CHANNELS, 3, 3).contiguous(memory_format=torch.channels_last)
    work = 2 * 9 * CONV_CHANNELS**2 * CONV_SIDE**2 * CONV_BATCH
    with torch.inference_mode():
        return max(
            2 * GEMM_SIDE**3 / min(seconds(lambda: a @ b) for _ in range(10)),
            work / min(seconds(lambda: torch.conv2d(x, weight, padding=1)) for _ in range(10)),
        )


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def flags(about: str | None) -> argparse.ArgumentParser:
    """The flags of every benchmark of a named model; `about` is its module's docstring."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0] if about else None)
    parser.add_argument("--model", default="toybox")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="also write JSON")
    return parser


def median(values: Sequence[float]) -> float:
    """The median, rounded to what a clock can tell."""
    return round(statistics.median(values), 5)


def write(report: dict[str, Any], out: Path | None) -> None:
    """Write a report as JSON where a path is given."""
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, indent=1) + "\n")
        print(f"\nWrote {out}.")


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        if names:
            return f"{names[0]} x {len(names)}"
    return platform.processor() or platform.machine()
