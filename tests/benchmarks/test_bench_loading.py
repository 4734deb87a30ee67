"""A published checkpoint is loaded in bfloat16 without a second copy of it in memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel elsewhere does not tell anonymous memory apart")
def test_a_float32_file_becomes_bfloat16_weights_within_the_goal(tmp_path: Path) -> None:
    out = tmp_path / "loading.json"
    command = [sys.executable, str(ROOT / "benchmarks" / "bench_loading.py"), "--model", "125m", "--depth", "6"]
    subprocess.run([*command, "--folder", str(tmp_path), "--out", str(out)], check=True, cwd=ROOT)
    told = json.loads(out.read_text())
    weights, grown = told["weight_bytes"], told["anonymous_peak"] - told["anonymous_before"]
    assert told["parameters"] > 60_000_000
    assert weights == 2 * told["parameters"]
    assert told["file_bytes"] > 2 * weights
    # A peak below the weights themselves would mean that nothing was measured.
    assert 0.95 * weights < grown <= told["goal"] * weights
