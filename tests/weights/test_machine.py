"""The device, the number format, and what is refused for lack of memory."""

from __future__ import annotations

import pytest
import torch
from engine_fakes import FakeBackend, FakeExtractor, FakeReward

from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError, RoomError
from ttsvar.weights.room import free_bytes, pick_device, pick_dtype, require_room

CPU = torch.device("cpu")


def test_the_number_format_follows_the_device_unless_one_is_named():
    assert pick_dtype(None, torch.device("cuda")) == torch.bfloat16
    assert pick_dtype(None, CPU) == pick_dtype(None, torch.device("mps")) == torch.float32
    assert pick_dtype("fp16", CPU) == torch.float16
    with pytest.raises(ConfigError, match="dtype is 'int3'"):
        pick_dtype("int3", CPU)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_an_absent_device_is_refused_with_those_that_are_here():
    with pytest.raises(ConfigError, match=r"device is 'cuda:1', .* choose from: cpu"):
        pick_device("cuda:1")
    assert pick_device("cpu") == CPU


def test_what_does_not_fit_is_refused_with_its_parts_and_advice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ttsvar.weights.room.free_bytes", lambda device: int(5e9))
    require_room("infinity-2b", {"transformer": int(4.4e9)}, CPU, "Advice.")
    with pytest.raises(RoomError) as caught:
        require_room("infinity-8b", {"transformer": int(16.8e9), "tokenizer": int(3e8)}, CPU, "Choose a smaller one.")
    message = str(caught.value)
    assert message.startswith(
        "infinity-8b needs about 17.1 GB on cpu (transformer 16.8, tokenizer 0.3); 5.0 GB are free."
    )
    assert message.endswith("Choose a smaller one.")


def test_the_processor_says_how_much_it_has_left_where_linux_tells():
    free = free_bytes(CPU)
    assert free is None or 0 < free < 1e15


def test_a_run_that_cannot_fit_is_refused_before_it_starts(monkeypatch: pytest.MonkeyPatch):
    backend = FakeBackend()
    monkeypatch.setattr(backend, "run_bytes", lambda run: int(1e15))
    monkeypatch.setattr(backend, "begin", lambda run: pytest.fail("the run was begun"))
    engine = Engine(backend, {"pca": FakeExtractor()}, {"image-reward": FakeReward()})
    with pytest.raises(RoomError, match=r"This run needs about 1000000\.0 GB"):
        engine.begin("a cup")
