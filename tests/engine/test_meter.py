"""The meter: seconds, FLOPs, and the memory a part needed at its peak."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ttsvar.engine import meter as module
from ttsvar.engine.meter import CostMeter
from ttsvar.types import Component


def test_parts_add_up_by_component():
    meter = CostMeter()
    for _ in range(2):
        with meter.part(Component.DECODE, flops=3.0, items=2):
            time.sleep(0.01)
    with meter.part(Component.REWARD):
        pass
    cost = meter.cost()
    assert cost.parts[Component.DECODE].items == 4
    assert cost.parts[Component.DECODE].flops == 6
    assert 0.02 <= cost.parts[Component.DECODE].seconds < 2
    assert cost.parts[Component.REWARD].seconds < 0.5
    assert cost.flops == 6
    assert cost.seconds == pytest.approx(sum(p.seconds for p in cost.parts.values()))


def test_the_peak_is_what_the_part_held_at_most():
    meter = CostMeter()
    if isinstance(meter._memory, module._ProcessMemory):
        pytest.skip("this system does not let a process reset its peak")
    with meter.part(Component.TRANSFORMER):
        held = np.ones(8_000_000)
        del held
    with meter.part(Component.DECODE):
        pass
    parts = meter.cost().parts
    assert 60e6 < parts[Component.TRANSFORMER].peak_bytes < 120e6
    assert parts[Component.DECODE].peak_bytes < 20e6


def test_a_part_that_fails_is_not_counted():
    meter = CostMeter()
    with pytest.raises(ValueError, match="no"), meter.part(Component.DECODE):
        raise ValueError("no")
    assert meter.cost().parts == {}


def test_without_a_resettable_peak_it_still_measures(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(module, "_CLEAR_REFS", tmp_path / "missing" / "clear_refs")
    meter = CostMeter()
    assert isinstance(meter._memory, module._ProcessMemory)
    with meter.part(Component.DECODE):
        pass
    assert meter.cost().parts[Component.DECODE].peak_bytes >= 0
